import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extract } from '../../src/commands/extract.js';
import { KeptFeatures } from '../../src/commands/kept-features.js';
import { readShapedPoints } from '../../src/commands/points.js';
import type { Library, TrackRow, TrackSummary } from '../../src/library/index.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';

const work = temporaryFolder();
const sounds = join(work, 'sounds');
const rows: TrackRow[] = [];
const left: number[] = [];
let library: Library;
let tracks: readonly TrackSummary[];

beforeAll(async () => {
  copySamples(sounds, TWELVE);
  writeFileSync(join(sounds, 'no-sound.wav'), 'RIFF and then nothing of the kind');
  await extract({ sounds: [sounds], library: join(work, 'library'), backend: 'wasm' }, undefined, {
    onRow: (row, more) => {
      rows.push(row);
      left.push(more);
    },
    takeOver: (open, all) => {
      library = open;
      tracks = all;
    },
  });
});
afterAll(() => library.close());

const keptOf = (recipe: 'kin' | 'seed', some: readonly TrackRow[], most?: number): KeptFeatures => {
  const kept = new KeptFeatures(recipe, most);
  for (const row of some) kept.add(row);
  return kept;
};

describe('what extract hands on', () => {
  it('is every row, and the library with its tracks', async () => {
    expect(left).toEqual(Array.from({ length: 13 }, (_, i) => 12 - i));
    expect(rows.filter(({ features }) => features !== null)).toHaveLength(12);
    expect(tracks).toEqual(await library.tracks());
  });
});

describe('features kept from a run', () => {
  it.each(['kin', 'seed'] as const)('give the points, in recipe %s, that reading the library gives', async (recipe) => {
    const read = await readShapedPoints(library, recipe);
    // The library's own points are out of reach: what comes can only be what was kept.
    const blind: Library = Object.create(library, { streamPoints: { value: () => Promise.reject(new Error('was read')) } }) as Library;
    const { scaler, tracks: known, values, width } = await readShapedPoints(blind, recipe, { atHand: { tracks, features: keptOf(recipe, rows) } });
    expect({ known, values, width }).toEqual({ known: read.tracks, values: read.values, width: read.width });
    expect([scaler.offset, scaler.scale]).toEqual([read.scaler.offset, read.scaler.scale]);
    expect(read.tracks).toHaveLength(12);
  });

  it('are those of the sounds chosen', async () => {
    const choose = ({ path }: TrackSummary): boolean => path < 'c';
    const passed = await readShapedPoints(library, 'kin', { choose, atHand: { tracks, features: keptOf('kin', rows) } });
    const read = await readShapedPoints(library, 'kin', { choose });
    expect(passed.values).toEqual(read.values);
    expect(passed.tracks).toEqual(read.tracks);
  });

  it('are left alone where one is missing, or where there are too many', async () => {
    const measured = rows.filter(({ features }) => features !== null);
    expect(keptOf('kin', measured.slice(1)).of(measured, measured[0]!.features!['kin']!.length)).toBeUndefined();
    expect(keptOf('kin', measured, 11).of(measured.slice(0, 1), measured[0]!.features!['kin']!.length)).toBeUndefined();
    const read = await readShapedPoints(library, 'kin');
    expect((await readShapedPoints(library, 'kin', { atHand: { tracks, features: keptOf('kin', measured.slice(1)) } })).values).toEqual(read.values);
  });
});
