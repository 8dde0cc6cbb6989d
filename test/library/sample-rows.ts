import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';

import { DEFAULT_ANALYSIS } from '../../src/config/analysis.js';
import { openLibrary, type Clustering, type Library, type LibraryFormat, type TrackRow } from '../../src/library/index.js';

export const SMALL: LibraryFormat = {
  featureSetVersion: 3,
  settings: DEFAULT_ANALYSIS,
  recipes: [
    { name: 'seed', width: 3 },
    { name: 'kin', width: 5 },
  ],
};

/** A new folder of its own, removed when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-library-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Features that differ by row and place. */
export function features(value: number, format: LibraryFormat = SMALL): Record<string, Float32Array> {
  return Object.fromEntries(
    format.recipes.map(({ name, width }, r) => [name, Float32Array.from({ length: width }, (_, i) => value + r * 100 + i / 7)]),
  );
}

export function sampleRow(path: string, changes: Partial<TrackRow> = {}): TrackRow {
  return {
    root: '/sounds',
    path,
    size: 1000,
    mtimeMs: 1_700_000_000_000 + 123.4567,
    contentId: 'abc',
    durationSeconds: 1.5,
    sampleRate: 44100,
    channels: 2,
    format: 'wav',
    decoder: 'riff',
    excerpt: null,
    title: 'A title',
    artist: 'Ann Ártist',
    album: null,
    genre: 'Ambient',
    backend: 'wasm',
    features: features(1),
    code: null,
    message: null,
    removed: false,
    ...changes,
  };
}

export function failedRow(path: string): TrackRow {
  return sampleRow(path, { features: null, code: 'DECODE_NOT_AUDIO', message: 'decode: expected audio, got text.' });
}

export function sampleClustering(paths: readonly string[], k = 2, width = 3): Clustering {
  return {
    name: 'default',
    createdAt: '2027-01-02T03:04:05.678Z',
    recipe: 'seed',
    k,
    seed: 42,
    settings: { nInit: 10, scaling: 'standard', nested: { clip: [-3, 3] } },
    scores: { silhouette: 0.1 + 0.2, adjustedRand: Number.NaN },
    inertia: 123.456,
    nIter: 7,
    sizes: Array.from({ length: k }, (_, i) => i + 1),
    warnings: ["one cluster holds 'most' of the sounds"],
    scaler: { kind: 'standard', offset: [0.1, 0.2, 0.3], scale: [1, 2, 1 / 3] },
    centroids: Float32Array.from({ length: k * width }, (_, i) => Math.fround(Math.sin(i) * 10 ** ((i % 60) - 30))),
    width,
    members: paths.map((path, i) => ({
      root: '/sounds',
      path,
      cluster: i % k,
      distance: i / 3,
      silhouette: i === 0 ? Number.NaN : -0.5 + i / 10,
      x: Math.cos(i),
      y: -i,
      label: i % 2 === 0 ? null : `label ${i}`,
    })),
  };
}

/** Libraries in a folder of their own: names for new ones, and one that is open while work is done on it. */
export function libraryFolder(): { fresh(): string; withLibrary<T>(work: (library: Library) => Promise<T>, dir?: string): Promise<T> } {
  const base = temporaryFolder();
  let count = 0;
  const fresh = (): string => join(base, `library-${count++}`);
  return {
    fresh,
    withLibrary: async (work, dir = fresh()) => {
      const library = await openLibrary(dir, { create: SMALL });
      try {
        return await work(library);
      } finally {
        await library.close();
      }
    },
  };
}
