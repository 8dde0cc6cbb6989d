import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extract, type ExtractOptions } from '../../src/commands/extract.js';
import { openLibrary } from '../../src/library/index.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';

const work = temporaryFolder();
const sounds = join(work, 'sounds with ünusual names');
copySamples(sounds, TWELVE);
writeFileSync(join(sounds, 'broken.wav'), 'no sound at all');
writeFileSync(join(sounds, 'empty.wav'), '');
let runs = 0;

/** Every row of a run: its path, code, and all features to the bit. */
async function rowsOf(options: Partial<ExtractOptions>): Promise<Map<string, unknown>> {
  const library = join(work, `library-${(runs += 1)}`);
  mkdirSync(library);
  const outcome = await extract({ sounds: [sounds], library, backend: 'wasm', ...options });
  expect(outcome.files).toMatchObject({ found: 14, ok: 12, failed: 2, measured: 12 });
  const open = await openLibrary(library, { readOnly: true });
  try {
    const rows = new Map<string, unknown>((await open.tracks()).map(({ path, code, contentId, durationSeconds }) => [path, { code, contentId, durationSeconds }]));
    for (const layout of ['kin', 'seed'] as const) {
      const { points, width, tracks } = await open.readPoints(layout);
      tracks.forEach(({ path }, i) => rows.set(`${path} ${layout}`, Buffer.from(points.slice(i * width, (i + 1) * width).buffer).toString('hex')));
    }
    return rows;
  } finally {
    await open.close();
  }
}

describe('rows', () => {
  it('are the same, to the bit, with one worker and with several, and under a small budget of memory', async () => {
    const one = await rowsOf({ workers: 1 });
    expect(one.size).toBe(14 + 24);
    expect(await rowsOf({ workers: 3 })).toEqual(one);
    expect(await rowsOf({ workers: 2, memory: '64M' })).toEqual(one);
  });

  it('are so too where the threads only decode, and another device measures', async () => {
    const analysis = { nFft: 512, hopLength: 512 };
    const one = await rowsOf({ workers: 1, backend: 'cpu', analysis });
    expect(await rowsOf({ workers: 3, backend: 'cpu', analysis })).toEqual(one);
  }, 120_000);
});

describe('what cannot be', () => {
  it.each([{ workers: 0 }, { workers: 1.5 }, { memory: 'lots' }, { memory: '1M' }])('is refused before anything is read: %o', async (given) => {
    await expect(extract({ sounds: [join(work, 'nowhere')], library: join(work, 'none'), ...given })).rejects.toMatchObject({ code: 'CONFIG_RANGE' });
  });
});
