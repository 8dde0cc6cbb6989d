import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cluster, type ClusterOutcome } from '../../src/commands/cluster.js';
import { exportClustering } from '../../src/commands/export.js';
import { report } from '../../src/commands/report.js';
import { show } from '../../src/commands/show.js';
import { sweep } from '../../src/commands/sweep.js';
import { DEFAULT_ANALYSIS } from '../../src/config/analysis.js';
import { FEATURE_SET_VERSION, featureLayout } from '../../src/features/feature-set.js';
import { openLibrary, type Clustering } from '../../src/library/index.js';
import { blobs } from '../support/point-sets.js';
import { temporaryFolder } from '../support/real-samples.js';

/** More than a page shows, than 64 MB hold, and than the picture's covariance is summed of without tensors. */
const N = 33_000;
const FIT = Math.floor((64 * 2 ** 20) / 3 / (4 * 252));
const library = join(temporaryFolder(), 'library');

let small: ClusterOutcome;
let whole: ClusterOutcome;
let kept: Clustering;

beforeAll(async () => {
  const recipes = (['kin', 'seed'] as const).map((name) => ({ name, width: featureLayout(name, DEFAULT_ANALYSIS).width }));
  const made = await openLibrary(library, { create: { featureSetVersion: FEATURE_SET_VERSION, settings: DEFAULT_ANALYSIS, recipes } });
  const { values } = blobs(N, 16, 5, 4, 1);
  const zeros = new Float32Array(171);
  const rows = Array.from({ length: N }, (_, i) => {
    // Sixteen columns tell the sounds apart; the others are constant.
    const kin = new Float32Array(252);
    kin.set(values.subarray(i * 16, (i + 1) * 16));
    return { root: '/sounds', path: `${String(i).padStart(6, '0')}.wav`, size: 1, mtimeMs: 1, contentId: null, durationSeconds: 2, sampleRate: 1, channels: 1, format: 'wav', decoder: 'pcm', excerpt: null, title: null, artist: null, album: null, genre: null, backend: 'wasm', features: { kin, seed: zeros }, code: null, message: null, removed: false };
  });
  await made.appendRows(rows);
  whole = await cluster({ library, k: 5, nInit: 2, backend: 'wasm', report: false });
  small = await cluster({ library, k: 5, nInit: 2, backend: 'wasm', memory: '64M' });
  kept = await made.readClustering('default');
  await made.close();
}, 60_000);

describe('a library that does not fit into the memory given', () => {
  it('is clustered by a sample and passes over all of it, as well as one that fits', () => {
    expect(whole.sampled).toBeNull();
    expect(small.sampled).toBe(FIT);
    expect(small.inertia).toBeLessThan(1.02 * whole.inertia);
    // The same clusters, but for a few sounds between two.
    const [sizes, expected] = [small.sizes, whole.sizes].map((some) => some.toSorted((a, b) => a - b));
    sizes!.forEach((size, i) => expect(Math.abs(size - expected![i]!)).toBeLessThan(0.005 * N));
    expect(kept.members).toHaveLength(N);
    expect(kept.settings).toMatchObject({ sampled: FIT, passes: small.nIter });
    expect(readdirSync(library).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('has a silhouette with its standard error, which that of all in memory lies within', () => {
    const { silhouette, silhouetteError } = small.scores;
    expect(silhouetteError).toBeGreaterThan(0);
    expect(silhouetteError).toBeLessThan(0.01);
    // Each of the two is off by its own error.
    expect(Math.abs(silhouette! - whole.scores.silhouette!)).toBeLessThan(4 * Math.hypot(silhouetteError!, whole.scores.silhouetteError!));
  });

  it('is swept by a sample, which says so', async () => {
    const swept = await sweep({ library, kRange: [4, 6], nInit: 1, backend: 'wasm', memory: '64M' });
    expect(swept.sampled).toBe(FIT);
    expect(swept.sounds).toBe(N);
    expect(swept.rows.every(({ silhouetteError }) => silhouetteError! > 0)).toBe(true);
    expect(JSON.parse(readFileSync(swept.kept, 'utf8'))).toMatchObject({ sampled: FIT });
  });

  it('has a page with a part of the sounds, which says so, and counts all', async () => {
    const drawn = kept.members.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
    expect(drawn).toHaveLength(20_000);
    const { report: page } = await report({ library, previewMegabytes: 0 });
    const data = JSON.parse(/<script type="application\/json" id="report-data">(.*?)<\/script>/.exec(readFileSync(page, 'utf8'))![1]!) as { sounds: { path: string[]; x: (number | null)[] }; totals: object; warnings: string[]; clusters: { size: number }[]; scores: object };
    expect(data.sounds.path).toEqual(drawn.map(({ path }) => path));
    expect(data.sounds.x).not.toContain(null);
    expect(data.totals).toEqual({ sounds: N, failed: 0, audioSeconds: 2 * N });
    expect(data.clusters.map(({ size }) => size)).toEqual(small.sizes);
    expect(data.scores).toMatchObject({ silhouetteError: small.scores.silhouetteError });
    expect(data.warnings.join(' ')).toContain('20,000 of 33,000');
  });

  it('is shown and exported whole, in pieces', async () => {
    const { files } = await show({ library, cluster: 2 });
    expect(files).toHaveLength(small.sizes[2]!);
    const pieces: string[] = [];
    const { text, sounds } = await exportClustering({ library, format: 'json', onText: (piece) => void pieces.push(piece) });
    expect([text, sounds]).toEqual([null, N]);
    expect(pieces.length).toBeGreaterThan(10);
    const { text: whole } = await exportClustering({ library, format: 'json' });
    expect(pieces.join('')).toBe(whole);
    // As JSON.stringify would have written it.
    expect(whole).toBe(`${JSON.stringify(JSON.parse(whole!), undefined, 1)}\n`);
  });
});
