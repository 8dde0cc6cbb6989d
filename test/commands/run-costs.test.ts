import { join } from 'node:path';
import { expect, it } from 'vitest';
import { extract } from '../../src/commands/extract.js';
import { folderBytes } from '../../src/library/index.js';
import { renderExtraction } from '../../src/terminal/render.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';

const work = temporaryFolder();

it('tells what a run took, stage by stage, and what the library takes', async () => {
  copySamples(join(work, 'sounds'), TWELVE);
  const options = { sounds: [join(work, 'sounds')], library: join(work, 'library'), backend: 'wasm', workers: 1 } as const;
  const { stages, libraryBytes, seconds, ...rest } = await extract(options);
  expect(Object.keys(stages)).toEqual(['scan', 'decode', 'resample', 'features', 'write']);
  for (const [stage, spent] of Object.entries(stages)) expect(spent, stage).toBeGreaterThan(0);
  // With one thread, no two of these at once.
  expect(stages.scan + stages.decode + stages.resample + stages.features).toBeLessThan(seconds);
  expect(libraryBytes).toBe(await folderBytes(options.library));
  expect(renderExtraction({ stages, libraryBytes, seconds, ...rest }).at(-1)).toMatch(/time of all threads: scan .* s, decode .* s, resample .* s, features .* s, write .* s; library: [\d.]+ kB/);

  const again = await extract(options);
  expect(again.stages).toMatchObject({ decode: 0, resample: 0, features: 0, write: 0 });
  expect(again.libraryBytes).toBe(libraryBytes);
  expect(renderExtraction(again).at(-1)).toMatch(/^\S*library: [\d.]+ kB\S*$/);
});

it('tells it for a device that the main thread feeds, too', async () => {
  copySamples(join(work, 'few'), TWELVE.slice(0, 2));
  const { stages } = await extract({ sounds: [join(work, 'few')], library: join(work, 'cpu'), backend: 'cpu' });
  for (const [stage, spent] of Object.entries(stages)) expect(spent, stage).toBeGreaterThan(0);
});
