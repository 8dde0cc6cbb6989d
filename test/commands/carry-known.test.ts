import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { extract, type ExtractOutcome } from '../../src/commands/extract.js';
import { openLibrary } from '../../src/library/index.js';
import { copySamples } from '../support/real-samples.js';

const work = mkdtempSync(join(tmpdir(), 'soundkin-carry-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
let runs = 0;
let sounds: string;
let library: string;
beforeEach(() => {
  runs += 1;
  sounds = join(work, `sounds ${runs}`);
  library = join(work, `library ${runs}`);
  mkdirSync(sounds);
  copySamples(sounds, ['bd_ada', 'bd_boom', 'bd_fat']);
});
const run = (options: Partial<Parameters<typeof extract>[0]> = {}): Promise<ExtractOutcome> => extract({ sounds: [sounds], library, backend: 'wasm', ...options });

async function rows(): Promise<Map<string, { row: object; features: number[] }>> {
  const opened = await openLibrary(library);
  const { tracks, points, width } = await opened.readPoints('kin');
  await opened.close();
  return new Map(tracks.map(({ root, path, mtimeMs: _, ...row }, i) => [join(root, path), { row, features: [...points.subarray(i * width, (i + 1) * width)] }]));
}

describe('a file whose content the library knows', () => {
  it('keeps its row when it is renamed, moved, or copied', async () => {
    await run();
    const before = await rows();
    mkdirSync(join(sounds, 'später'));
    renameSync(join(sounds, 'bd_ada.flac'), join(sounds, 'später', 'Kick é.flac'));
    copyFileSync(join(sounds, 'bd_boom.flac'), join(sounds, 'copy.flac'));
    expect((await run()).files).toMatchObject({ found: 4, ok: 4, measured: 0, carried: 2, unchanged: 2, removed: 1 });
    const after = await rows();
    expect([...after.keys()].sort()).toEqual(['bd_boom.flac', 'bd_fat.flac', 'copy.flac', 'später/Kick é.flac'].map((path) => join(sounds, path)).sort());
    expect(after.get(join(sounds, 'später', 'Kick é.flac'))).toEqual(before.get(join(sounds, 'bd_ada.flac')));
    expect(after.get(join(sounds, 'copy.flac'))).toEqual(before.get(join(sounds, 'bd_boom.flac')));
  });

  it('keeps its row when the folder of all of them has another name, and the old name leaves', async () => {
    copyFileSync(join(sounds, 'bd_ada.flac'), join(sounds, 'again.flac'));
    await run();
    const moved = `${sounds} moved`;
    renameSync(sounds, moved);
    expect((await run({ sounds: [moved] })).files).toMatchObject({ found: 4, measured: 0, carried: 4, removed: 4 });
    expect([...(await rows()).keys()].every((path) => path.startsWith(moved))).toBe(true);
  });

  it('is there twice when the folder was copied, and stays where its old place was not looked at and nothing of it was found', async () => {
    await run();
    const copy = `${sounds} copy`;
    mkdirSync(copy);
    copyFileSync(join(sounds, 'bd_ada.flac'), join(copy, 'bd_ada.flac'));
    expect((await run({ sounds: [copy] })).files).toMatchObject({ found: 1, carried: 1, removed: 0 });
    renameSync(sounds, `${sounds} unmounted`);
    expect((await run({ sounds: [copy] })).files).toMatchObject({ found: 1, unchanged: 1, removed: 0 });
    expect((await rows()).size).toBe(4);
  });

  it('keeps its row when two swap their names', async () => {
    await run();
    const before = await rows();
    const [a, b, aside] = ['bd_ada.flac', 'bd_boom.flac', 'aside'].map((name) => join(sounds, name)) as [string, string, string];
    renameSync(a, aside);
    renameSync(b, a);
    renameSync(aside, b);
    expect((await run()).files).toMatchObject({ measured: 0, carried: 2, unchanged: 1, removed: 0 });
    const after = await rows();
    expect(after.get(a)).toEqual(before.get(b));
    expect(after.get(b)).toEqual(before.get(a));
  });

  it('is measured where its size is known and its content is not, and where that is asked for', async () => {
    await run();
    const bytes = readFileSync(join(sounds, 'bd_ada.flac'));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(sounds, 'other.flac'), bytes);
    expect((await run()).files).toMatchObject({ measured: 1, carried: 0, unchanged: 3 });
    expect((await run({ force: true })).files).toMatchObject({ measured: 4, carried: 0, unchanged: 0 });
  });
});
