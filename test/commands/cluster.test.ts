import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cluster, type ClusterOutcome } from '../../src/commands/cluster.js';
import { evaluate } from '../../src/commands/evaluate.js';
import { show } from '../../src/commands/show.js';
import { sweep } from '../../src/commands/sweep.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';
import { pack, wav } from '../support/wav-bytes.js';

const work = temporaryFolder();
const sounds = join(work, 'sounds');
const library = join(work, 'library');
const labels = join(work, 'labels.csv');
const backend = 'wasm';
let outcome: ClusterOutcome;

beforeAll(async () => {
  copySamples(sounds, TWELVE);
  writeFileSync(labels, ['path,label', ...TWELVE.map((name) => `${name}.flac,${name.split('_')[0]}`)].join('\n'));
  outcome = await cluster({ sounds: [sounds], library, k: 3, seed: 0, labels, backend, report: false });
});

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

describe('cluster', () => {
  it('gives what scripts rely on', () => {
    expect(outcome).toMatchObject({ k: 3, seed: 0, recipe: 'kin', library, backend: 'wasm', report: null, sweep: null });
    expect(outcome.sizes).toHaveLength(3);
    expect(total(outcome.sizes)).toBe(12);
    expect(Object.keys(outcome.scores).sort()).toEqual(['adjustedMutualInfo', 'adjustedRand', 'completeness', 'homogeneity', 'silhouette', 'vMeasure']);
    expect(outcome.inertia).toBeGreaterThan(0);
    expect(outcome.extraction?.files).toMatchObject({ ok: 12, failed: 0 });
    expect(outcome.seconds).toBeGreaterThan(0);
    expect(outcome.clusters.map(({ id, size }) => [id, size])).toEqual(outcome.sizes.map((size, id) => [id, size]));
  });

  it('scores by the formulas: V is the harmonic mean, and the silhouette is between -1 and 1', () => {
    const { homogeneity, completeness, vMeasure, silhouette, adjustedRand } = outcome.scores;
    expect(vMeasure).toBeCloseTo((2 * homogeneity! * completeness!) / (homogeneity! + completeness!), 12);
    expect(Math.abs(silhouette!)).toBeLessThanOrEqual(1);
    expect(adjustedRand).toBeLessThanOrEqual(1);
  });

  it('finds families that are plain to hear, each under its own label', async () => {
    const families = join(work, 'families');
    copySamples(families, Object.fromEntries(['bd_haus', 'tabla_na', 'elec_chime'].flatMap((name) => [1, 2, 3, 4].map((i) => [`${name.split('_')[0]}_${i}.flac`, name]))));
    const found = await cluster({ sounds: [families], library: join(work, 'families-library'), k: 3, labels: 'prefix', backend, report: false });
    expect(found.sizes).toEqual([4, 4, 4]);
    expect(found.scores).toMatchObject({ homogeneity: 1, completeness: 1, vMeasure: 1, adjustedRand: 1 });
    expect(found.clusters.map(({ topLabels }) => topLabels)).toEqual(expect.arrayContaining(['bd', 'tabla', 'elec'].map((label) => [{ label, count: 4 }])));
    for (const { typical, topLabels } of found.clusters) for (const path of typical) expect(path.startsWith(topLabels[0]!.label)).toBe(true);
  });

  it('gives the same again for the same seed, and measures nothing', async () => {
    const again = await cluster({ sounds: [sounds], library, k: 3, seed: 0, labels, backend, report: false });
    expect(again.extraction?.files).toMatchObject({ measured: 0, unchanged: 12 });
    expect({ ...again, extraction: 0, seconds: 0 }).toEqual({ ...outcome, extraction: 0, seconds: 0 });
  });

  it('keeps the distance of each sound to its centroid: their squares sum to the inertia', async () => {
    const files = (await Promise.all([0, 1, 2].map((id) => show({ library, cluster: id })))).flatMap(({ files: own }) => own!);
    expect(files).toHaveLength(12);
    expect(files.reduce((sum, { distance }) => sum + distance ** 2, 0)).toBeCloseTo(outcome.inertia, 3);
    const silhouettes = files.map(({ silhouette }) => silhouette!);
    expect(silhouettes.reduce((sum, x) => sum + x, 0) / 12).toBeCloseTo(outcome.scores.silhouette!, 5);
  });

  it('clusters only the folder given, and everything when none is', async () => {
    const dir = join(work, 'two');
    const [a, b] = [join(work, 'A'), join(work, 'B')];
    copySamples(a, ['bd_ada', 'bd_boom', 'bd_fat', 'bd_gas']);
    copySamples(b, ['tabla_na', 'tabla_ke1', 'elec_blip']);
    expect(total((await cluster({ sounds: [a], library: dir, k: 2, backend, report: false })).sizes)).toBe(4);
    const second = await cluster({ sounds: [b], library: dir, k: 2, backend, report: false });
    expect(total(second.sizes)).toBe(3);
    expect(second.extraction?.files).toMatchObject({ found: 3, removed: 0 });
    const all = await cluster({ library: dir, k: 2, backend, report: false });
    expect(total(all.sizes)).toBe(7);
    expect(all.extraction).toBeNull();
    expect(total((await cluster({ sounds: [a, b], library: dir, k: 2, backend, report: false })).sizes)).toBe(7);
  });

  it('makes one cluster, or as many as there are sounds; then no silhouette is defined', async () => {
    const one = await cluster({ library, k: 1, backend, report: false, name: 'one' });
    expect(one).toMatchObject({ k: 1, sizes: [12], scores: { silhouette: NaN } });
    const each = await cluster({ library, k: 12, backend, report: false, name: 'each' });
    expect(each.sizes).toEqual(new Array(12).fill(1));
    expect(each.inertia).toBeLessThan(1e-3);
    expect(each.scores.silhouette).toBeNaN();
  });

  it('chooses k within a range, by the sweep it returns', async () => {
    const chosen = await cluster({ library, k: 'auto', kRange: [2, 5], backend, report: false, name: 'auto' });
    expect(chosen.sweep?.rows.map(({ k }) => k)).toEqual([2, 3, 4, 5]);
    expect(chosen.k).toBe(chosen.sweep?.suggestedK);
    expect(chosen.inertia).toBeCloseTo(chosen.sweep!.rows[chosen.k - 2]!.inertia, 5);
  });

  it('puts too few sounds into one cluster when k is left open, and says so', async () => {
    const few = join(work, 'few');
    copySamples(few, ['bd_ada', 'tabla_na', 'elec_blip']);
    const three = await cluster({ sounds: [few], library: join(work, 'few-library'), backend, report: false });
    expect(three).toMatchObject({ k: 1, sizes: [3] });
    expect(three.warnings[0]).toMatch(/3 sounds are too few/);
    const single = await cluster({ sounds: [join(few, 'bd_ada.flac')], library: join(work, 'single-library'), backend, report: true });
    expect(single).toMatchObject({ k: 1, sizes: [1] });
    expect(single.warnings[0]).toMatch(/One sound is too few/);
  });

  it('survives equal sounds, and silence among them', async () => {
    const same = join(work, 'same');
    copySamples(same, { 'a.flac': 'bd_ada', 'b.flac': 'bd_ada', 'c.flac': 'bd_ada', 'd.flac': 'tabla_na' });
    writeFileSync(join(same, 'silence.wav'), wav(new Uint8Array(44_100)));
    writeFileSync(join(same, 'one.wav'), wav(pack([1000], 's16')));
    for (const features of ['kin', 'seed'] as const) {
      const { sizes, inertia } = await cluster({ sounds: [same], library: join(work, 'same-library'), k: 5, features, backend, report: false });
      expect(total(sizes)).toBe(6);
      expect(Number.isFinite(inertia)).toBe(true);
    }
  });

  it.each([
    [{ k: 13 }, 'CLUSTER_TOO_FEW', /at most 12 clusters for 12 sounds, got k = 13/],
    [{ k: 0 }, 'KMEANS_RANGE', /k to be an integer of at least 1, got 0/],
    [{ k: 2.5 }, 'KMEANS_RANGE', /got 2.5/],
    [{ k: NaN }, 'KMEANS_RANGE', /got NaN/],
    [{ k: 2, seed: 0.5 }, 'KMEANS_RANGE', /seed to be an integer, got 0.5/],
    [{ k: 2, nInit: 0 }, 'KMEANS_RANGE', /nInit/],
    [{ k: 'auto', kRange: [5, 2] }, 'KMEANS_RANGE', /got 5..2/],
    [{ k: 'auto', kRange: [2, 12] }, 'CLUSTER_TOO_FEW', /range up to 11/],
    [{ k: 2, name: '../escape' }, 'USAGE', /escape/],
    [{ k: 2, labels: 'none.csv' }, 'LABELS_NOT_FOUND', /none.csv/],
  ] as const)('refuses %o', async (wrong, code, told) => {
    await expect(cluster({ library, backend, report: false, ...wrong })).rejects.toMatchObject({ code, message: expect.stringMatching(told) });
  });

  it('tells what is wrong with its settings before it measures a sound', async () => {
    const untouched = join(work, 'untouched');
    for (const wrong of [{ k: 2, labels: 'none.csv' }, { k: -1 }, { k: 2, name: 'a/b' }]) await expect(cluster({ sounds: [sounds], library: untouched, backend, ...wrong })).rejects.toThrow();
    await expect(show({ library: untouched })).rejects.toMatchObject({ code: 'LIBRARY_NOT_FOUND' });
  });

  it('refuses labels that match nothing, with a name to compare with', async () => {
    const wrong = join(work, 'wrong.csv');
    writeFileSync(wrong, 'path,label\nother.wav,x\n');
    await expect(cluster({ library, k: 2, labels: wrong, backend })).rejects.toMatchObject({ code: 'LABELS_NO_MATCH', message: expect.stringContaining('"bd_ada.flac"') });
  });

  it('tells of each file why, when none is left to cluster', async () => {
    const bad = join(work, 'bad');
    copySamples(bad, []);
    writeFileSync(join(bad, 'text.wav'), 'no sound');
    await expect(cluster({ sounds: [bad], library: join(work, 'bad-library'), backend })).rejects.toMatchObject({ code: 'LIBRARY_EMPTY', details: { problems: [{ path: 'text.wav', code: 'DECODE_NOT_AUDIO' }] } });
  });

  it('writes the page, with what failed, on demand', async () => {
    const { report } = await cluster({ library, k: 2, backend, name: 'paged' });
    expect(report).toBe(join(library, 'report.html'));
    expect(readFileSync(report!, 'utf8')).toContain('<!doctype html>');
  });
});

describe('show', () => {
  it('lists all clusters, or the files of one, nearest to the centroid first', async () => {
    const all = await show({ library });
    expect(all).toMatchObject({ k: 3, recipe: 'kin', files: null });
    expect(total(all.clusters.map(({ size }) => size))).toBe(12);
    const one = await show({ library, cluster: 1 });
    expect(one.clusters.map(({ id }) => id)).toEqual([1]);
    const distances = one.files!.map(({ distance }) => distance);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(one.clusters[0]!.typical).toEqual(one.files!.slice(0, 5).map(({ path }) => path));
    expect(one.clusters[0]!.topLabels[0]!.count).toBeGreaterThan(0);
  });

  it.each([3, -1, 0.5, NaN])('refuses cluster %d', async (id) => {
    await expect(show({ library, cluster: id })).rejects.toMatchObject({ code: 'CLUSTER_UNKNOWN', message: expect.stringContaining('from 0 to 2') });
  });

  it('refuses a name that no clustering has, listing those there are', async () => {
    await expect(show({ library, name: 'other' })).rejects.toMatchObject({ code: 'CLUSTERING_NOT_FOUND', message: expect.stringContaining('default') });
  });
});

describe('evaluate', () => {
  it('gives the scores that cluster gave, and keeps the labels', async () => {
    const bare = await cluster({ library, k: 3, backend, report: false, name: 'bare' });
    expect(Object.keys(bare.scores)).toEqual(['silhouette']);
    const scored = await evaluate({ library, labels, name: 'bare' });
    expect(scored.scores).toEqual(outcome.scores);
    expect(scored).toMatchObject({ labelled: 12, sounds: 12, classes: 3, k: 3, sizes: outcome.sizes });
    expect((await show({ library, name: 'bare', cluster: 0 })).files!.every(({ label }) => label !== null)).toBe(true);
  });

  it('counts only sounds that have a label', async () => {
    const some = join(work, 'some.csv');
    writeFileSync(some, 'bd_ada.flac,a\nbd_boom.flac,a\ntabla_na.flac,b\nunknown.wav,c\n');
    expect(await evaluate({ library, labels: some, name: 'bare' })).toMatchObject({ labelled: 3, sounds: 12, classes: 2 });
  });

  it('takes folders and prefixes for labels', async () => {
    expect((await evaluate({ library, labels: 'prefix', name: 'bare' })).scores).toEqual(outcome.scores);
    expect(await evaluate({ library, labels: 'folders', name: 'bare' })).toMatchObject({ classes: 1, scores: { homogeneity: 1 } });
  });
});

describe('sweep', () => {
  it('clusters with every k, keeps the numbers where it says, and draws them', async () => {
    const out = join(work, 'curves.svg');
    const swept = await sweep({ library, kRange: [2, 6], backend, out });
    expect(swept.rows.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6]);
    for (const { k, sizes } of swept.rows) expect([sizes.length, total(sizes)]).toEqual([k, 12]);
    const inertias = swept.rows.map(({ inertia }) => inertia);
    expect(inertias).toEqual([...inertias].sort((a, b) => b - a));
    expect(swept).toMatchObject({ sounds: 12, picture: out, recipe: 'kin' });
    expect(JSON.parse(readFileSync(swept.kept, 'utf8'))).toMatchObject({ suggestedK: swept.suggestedK, rows: swept.rows });
    expect(readFileSync(out, 'utf8')).toContain(`k = ${swept.suggestedK} suggested`);
  });

  it('agrees with cluster at each k', async () => {
    const { rows } = await sweep({ library, kRange: [3, 3], backend });
    expect(rows[0]!.inertia).toBeCloseTo(outcome.inertia, 6);
    expect(rows[0]!.silhouette).toBeCloseTo(outcome.scores.silhouette!, 5);
    expect(rows[0]!.sizes).toEqual(outcome.sizes);
  });

  it.each([
    [{ kRange: [1, 4] }, 'KMEANS_RANGE'],
    [{ kRange: [4, 3] }, 'KMEANS_RANGE'],
    [{ kRange: [2, 12] }, 'CLUSTER_TOO_FEW'],
    [{ seed: 1.5 }, 'KMEANS_RANGE'],
    [{ kRange: [2, 3], out: '/nowhere/at/all.svg' }, 'EXPORT_FORMAT'],
  ] as const)('refuses %o', async (wrong, code) => {
    await expect(sweep({ library, backend, ...wrong })).rejects.toMatchObject({ code });
  });
});
