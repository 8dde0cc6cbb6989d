import * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../../web-gpu.js';
import { nTrialsOf } from '../../candidates.js';
import type { CentredPoints } from '../../centre-points.js';
import type { SeedJob } from '../../engine.js';
import type { ReadBack } from '../../read-back.js';
import { gpuSeedDraw, MOST_TRIALS, type SeedTables } from './seed-draw.js';
import { gpuSeedMeasure, SEED_BLOCK, seedFloats, type SeedLayout } from './seed-measure.js';

/** Steps between two readings of what was chosen: the device is never told more than these ahead. */
const STEPS_AHEAD = 32;
/** Entries of a table, at least: a shorter one would be taken for a number. */
const LEAST_TABLE = 64;
const MOST_BLOCKS = 65_535;

/** Runs that are seeded together on a device: none where the points lie in several tensors, or have no room beside what seeding keeps. */
export function gpuSeedRuns({ tiles, nPoints, nFeatures }: CentredPoints, mostClusters: number, { device: { limits } }: GpuBackend): number {
  const layout = layoutOf(nPoints, nFeatures, mostClusters);
  if (tiles.length !== 1 || layout.nBlocks > MOST_BLOCKS || layout.nTrials > MOST_TRIALS) return 0;
  return Math.min(MOST_BLOCKS, Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / (4 * seedFloats(layout))));
}

const layoutOf = (nPoints: number, nFeatures: number, mostClusters: number): SeedLayout => ({ nPoints, nFeatures, nTrials: nTrialsOf(mostClusters), nBlocks: Math.ceil(nPoints / SEED_BLOCK) });

/**
 * Greedy k-means++ of several runs together, of any numbers of clusters, which never waits for the host: random numbers do not depend on what they choose, so
 * all are sent ahead, and only the rows chosen come back.
 *
 * @param points  [n, d]. Not disposed.
 * @param centred the same points, centred, in one tile.
 * @param most    runs that go together: see `gpuSeedRuns`.
 * @returns       [jobs][nClusters] row numbers, in the jobs' order. Which they are does not depend on the other jobs.
 * @see `initPlusPlus`, which defines it.
 */
export async function gpuPlusPlus(points: tf.Tensor2D, centred: CentredPoints, jobs: readonly SeedJob[], most: number, read: ReadBack): Promise<Int32Array[]> {
  // Those with most clusters first, so that the ones still going stand side by side.
  const order = jobs.map((_, i) => i).sort((a, b) => jobs[b]!.nClusters - jobs[a]!.nClusters || a - b);
  const chosen = new Array<Int32Array>(jobs.length);
  for (let first = 0; first < order.length; first += most) {
    const together = order.slice(first, first + most);
    const rows = await seedTogether(points, centred, together.map((i) => jobs[i]!), read);
    together.forEach((i, place) => (chosen[i] = rows[place]!));
  }
  return chosen;
}

/** @param jobs in falling order of their clusters. */
async function seedTogether(points: tf.Tensor2D, centred: CentredPoints, jobs: readonly SeedJob[], read: ReadBack): Promise<Int32Array[]> {
  const mostClusters = jobs[0]!.nClusters;
  const chosen = jobs.map(({ nClusters, random }) => {
    const rows = new Int32Array(nClusters);
    rows[0] = random.integer(centred.nPoints);
    return rows;
  });
  if (mostClusters === 1) return chosen;
  const layout = layoutOf(centred.nPoints, centred.nFeatures, mostClusters);
  const width = 1 + layout.nTrials;
  const tile = centred.tiles[0]!;
  /** Runs whose centre number `step` is still to be chosen; the first one's is given. */
  const going = (step: number): number => jobs.filter(({ nClusters }) => nClusters > Math.max(step, 1)).length;
  const tables = sendTables(jobs, layout);

  let nRuns = going(0);
  let picks = tf.tensor1d(new Int32Array(Math.max(LEAST_TABLE, nRuns * width)).map((_, i) => chosen[Math.min(Math.floor(i / width), nRuns - 1)]![0]!), 'int32');
  let centres = rowsOf(points, centred, picks, nRuns * width);
  let state = gpuSeedMeasure(tile, centres, undefined, nRuns, layout);
  let unread: { step: number; nRuns: number; drawn: tf.Tensor2D }[] = [];
  const readAll = async (): Promise<void> => {
    if (unread.length === 0) return;
    const now = unread;
    unread = [];
    const all = tf.tidy(() => tf.concat(now.map(({ drawn }) => tf.reshape(drawn, [-1]))));
    tf.dispose(now.map(({ drawn }) => drawn));
    const values = await read(all);
    let at = 0;
    for (const { step, nRuns: count } of now) {
      for (let r = 0; r < count; r++) chosen[r]![step - 1] = values[at + r * width]!;
      at += count * width;
    }
  };
  try {
    for (let step = 1; step <= mostClusters; step++) {
      const drawn = gpuSeedDraw(tile, state, centres, picks, tables, step, nRuns, jobs.length, layout);
      unread.push({ step, nRuns, drawn });
      if (step < mostClusters) {
        nRuns = going(step);
        const before = { picks, centres, state };
        picks = padded(drawn, nRuns * width);
        centres = rowsOf(points, centred, picks, nRuns * width);
        state = gpuSeedMeasure(tile, centres, before.state, nRuns, layout);
        tf.dispose([before.picks, before.centres, before.state]);
      }
      if (unread.length === STEPS_AHEAD) await readAll();
    }
    await readAll();
  } finally {
    tf.dispose([tables.targets, tables.trials, picks, centres, state, ...unread.map(({ drawn }) => drawn)]);
  }
  return chosen;
}

/** The first `count` entries as a table. */
function padded(drawn: tf.Tensor2D, count: number): tf.Tensor1D {
  return tf.tidy(() => {
    const flat = tf.slice(tf.reshape(drawn, [-1]) as tf.Tensor1D, [0], [count]);
    return count < LEAST_TABLE ? tf.pad(flat, [[0, LEAST_TABLE - count]]) : flat;
  });
}

/** The first `count` of some rows, centred: bit for bit those of the tile. */
function rowsOf(points: tf.Tensor2D, { mean }: CentredPoints, picks: tf.Tensor1D, count: number): tf.Tensor2D {
  return tf.tidy(() => tf.sub(tf.gather(points, tf.slice(picks, [0], [count])), mean));
}

/** Draws every random number that the runs will need, a run's in the order in which it would ask for them. */
function sendTables(jobs: readonly SeedJob[], { nTrials }: SeedLayout): SeedTables {
  const steps = jobs[0]!.nClusters;
  const targets = new Float32Array(Math.max(LEAST_TABLE, 2 * steps * jobs.length * nTrials));
  const trials = new Int32Array(Math.max(LEAST_TABLE, jobs.length));
  jobs.forEach(({ nClusters, random }, r) => {
    trials[r] = nTrialsOf(nClusters);
    for (let step = 1; step < nClusters; step++) {
      for (let t = 0; t < trials[r]!; t++) {
        const at = 2 * (((step - 1) * jobs.length + r) * nTrials + t);
        const target = random.next();
        targets[at] = target;
        targets[at + 1] = target - targets[at]!;
      }
    }
  });
  return { targets: tf.tensor1d(targets), trials: tf.tensor1d(trials, 'int32') };
}
