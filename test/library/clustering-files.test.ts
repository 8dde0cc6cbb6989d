import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openLibrary, type Library, type Sweep } from '../../src/library/index.js';
import { sampleClustering, SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
let count = 0;

async function withLibrary(work: (library: Library) => Promise<void>): Promise<void> {
  const library = await openLibrary(join(base, String(count++)), { create: SMALL });
  await work(library);
  await library.close();
}

describe('clusterings', () => {
  it('come back as they were, members in their order, centroids bit by bit', async () => {
    await withLibrary(async (library) => {
      const paths = Array.from({ length: 5000 }, (_, i) => `caf\u00e9 'n' "${5000 - i}"\n.wav`);
      const clustering = sampleClustering(paths, 70, 252);
      await library.writeClustering('default', clustering);
      expect(await library.readClustering('default')).toEqual(clustering);
    });
  });

  it('keep what is not finite as null, and give it back as NaN', async () => {
    await withLibrary(async (library) => {
      const clustering = { ...sampleClustering(['a']), inertia: Infinity, scaler: null };
      await library.writeClustering('x', clustering);
      expect(await library.readClustering('x')).toEqual({ ...clustering, name: 'x', inertia: Number.NaN });
      const text = readFileSync(join(library.dir, 'clusterings/x/clustering.json'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ format: 'soundkin-clustering', inertia: null, scores: { adjustedRand: null } });
    });
  });

  it('take many large centroids and no members', async () => {
    await withLibrary(async (library) => {
      const clustering = sampleClustering([], 500, 252);
      await library.writeClustering('default', clustering);
      const { centroids, ...rest } = await library.readClustering('default');
      expect(Buffer.from(centroids.buffer).equals(Buffer.from(clustering.centroids.buffer))).toBe(true);
      expect({ ...rest, centroids: null }).toEqual({ ...clustering, centroids: null });
    });
  });

  it('replace one another as a whole under one name, and lie side by side under several', async () => {
    await withLibrary(async (library) => {
      expect(await library.clusterings()).toEqual([]);
      await library.writeClustering('default', sampleClustering(['a', 'b', 'c'], 3));
      await library.writeClustering('default', sampleClustering(['z'], 1));
      await library.writeClustering('drums & bass, 50%', sampleClustering(['q'], 2));
      await library.writeSweep('only a sweep', { recipe: 'kin', rows: [], suggestedK: 2, reason: '' });
      expect(await library.clusterings()).toEqual(['default', 'drums & bass, 50%']);
      expect((await library.readClustering('default')).members.map(({ path }) => path)).toEqual(['z']);
      expect(readdirSync(join(library.dir, 'clusterings/default')).sort()).toEqual(['clustering.json', 'labels.parquet']);
    });
  });

  it('survive a kill between their two files: labels.parquet alone is enough', async () => {
    await withLibrary(async (library) => {
      const clustering = sampleClustering(['a', 'b']);
      await library.writeClustering('default', clustering);
      writeFileSync(join(library.dir, 'clusterings/default/clustering.json'), '{"of":"the one before"}');
      expect(await library.readClustering('default')).toEqual(clustering);
    });
  });

  it('are not found by another name, and those that are there are listed', async () => {
    await withLibrary(async (library) => {
      await expect(library.readClustering('x')).rejects.toMatchObject({ code: 'CLUSTERING_NOT_FOUND', message: expect.stringContaining('without clusterings') as string });
      await library.writeClustering('b', sampleClustering(['a']));
      await library.writeClustering('a', sampleClustering(['a']));
      mkdirSync(join(library.dir, 'clusterings/empty'));
      await expect(library.readClustering('empty')).rejects.toMatchObject({ code: 'CLUSTERING_NOT_FOUND', message: expect.stringContaining('got a, b.') as string });
    });
  });

  it('say so when their file is damaged', async () => {
    await withLibrary(async (library) => {
      await library.writeClustering('a', sampleClustering(['a']));
      const file = join(library.dir, 'clusterings/a/labels.parquet');
      writeFileSync(file, readFileSync(file).subarray(0, 300));
      await expect(library.readClustering('a')).rejects.toMatchObject({ code: 'LIBRARY_FORMAT' });
    });
  });

  it('have no names that leave the folder or that some system forbids', async () => {
    await withLibrary(async (library) => {
      for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', '.hidden', 'a:b', 'what?', 'nul\0', 'end.', 'x'.repeat(61)]) {
        await expect(library.writeClustering(name, sampleClustering(['a']))).rejects.toMatchObject({ code: 'USAGE' });
        await expect(library.readClustering(name)).rejects.toMatchObject({ code: 'USAGE' });
        await expect(library.readSweep(name)).rejects.toMatchObject({ code: 'USAGE' });
      }
      expect(await library.clusterings()).toEqual([]);
    });
  });

  it('refuse centroids of another shape', async () => {
    await withLibrary(async (library) => {
      const wrong = { ...sampleClustering(['a']), width: 4 };
      await expect(library.writeClustering('a', wrong)).rejects.toMatchObject({ code: 'INTERNAL' });
    });
  });
});

describe('sweeps', () => {
  const sweep: Sweep = {
    recipe: 'kin',
    rows: [
      { k: 2, inertia: 10.5, silhouette: 0.25, sizes: [3, 4] },
      { k: 3, inertia: 9, silhouette: Number.NaN, sizes: [3, 3, 1] },
    ],
    suggestedK: 2,
    reason: "k = 2 has the 'best' silhouette",
  };

  it('come back as they were, and a clustering of the name leaves them alone', async () => {
    await withLibrary(async (library) => {
      expect(await library.readSweep('default')).toBeNull();
      await library.writeSweep('default', sweep);
      await library.writeClustering('default', sampleClustering(['a']));
      expect(await library.readSweep('default')).toEqual(sweep);
    });
  });

  it('say so when they are damaged', async () => {
    await withLibrary(async (library) => {
      await library.writeSweep('default', sweep);
      writeFileSync(join(library.dir, 'clusterings/default/sweep.json'), '{}');
      await expect(library.readSweep('default')).rejects.toMatchObject({ code: 'LIBRARY_FORMAT' });
    });
  });
});
