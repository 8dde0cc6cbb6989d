import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../random.js';
import { nTrialsOf } from './candidates.js';
import { centredRows, type CentredPoints } from './centre-points.js';
import { centroidFactors, centroidScores } from './centroid-scores.js';
import { DIRECT_WEIGHTS, drawByWeight } from './draw-by-weight.js';
import type { ReadBack } from './read-back.js';

/** Scores of every point against each of a few rows, tile by tile. */
function eachTile(centred: CentredPoints, rows: tf.Tensor2D, use: (scores: tf.Tensor2D, tile: number) => void): void {
  const factors = centroidFactors(rows);
  centred.tiles.forEach((tile, i) => {
    const scores = centroidScores(tile, factors);
    use(scores, i);
    scores.dispose();
  });
  tf.dispose([factors.weights, factors.bias]);
}

/**
 * Greedy k-means++: each next centroid is the one, of 2 + ⌊ln k⌋ points drawn with a probability in proportion to their
 * squared distance to the centroids so far, that leaves the smallest sum of such distances. All restarts advance
 * together, so that one product a step serves them all.
 *
 * A point's potential is kept as its score, the squared distance less ||x||². What a candidate would take off the sum is
 * then Σ relu(potential - score), a difference in which ||x||² cancels.
 *
 * @param points    [n, d], finite. Not disposed.
 * @param centred   the same points, centred.
 * @param nClusters k, 1 to n.
 * @param randoms   one stream a restart; a restart's result does not depend on the others.
 * @returns         [restarts][k] row numbers.
 * @see Arthur & Vassilvitskii 2007; scikit-learn `_kmeans_plusplus`: one number for the first row, then nTrials for each next one.
 */
export async function initPlusPlus(
  points: tf.Tensor2D,
  centred: CentredPoints,
  nClusters: number,
  randoms: readonly Random[],
  directWeights = DIRECT_WEIGHTS,
): Promise<Int32Array[]> {
  const read: ReadBack = async (tensor) => {
    const values = (await tensor.data()) as Float32Array;
    tensor.dispose();
    return values;
  };
  const nRestarts = randoms.length;
  const nTrials = nTrialsOf(nClusters);
  const chosen = randoms.map((random) => {
    const rows = new Int32Array(nClusters);
    rows[0] = random.integer(centred.nPoints);
    return rows;
  });
  if (nClusters === 1) return chosen;

  const potential: tf.Tensor2D[] = []; // a tile each: [rows, restarts]
  const lower = (indices: Int32Array): void => {
    const rows = centredRows(points, centred, indices);
    eachTile(centred, rows, (scores, i) => {
      const before = potential[i];
      potential[i] = before === undefined ? tf.clone(scores) : tf.minimum(before, scores);
      before?.dispose();
    });
    rows.dispose();
  };
  lower(Int32Array.from(chosen, (rows) => rows[0]!));

  for (let c = 1; c < nClusters; c++) {
    const weights = tf.tidy(() =>
      tf.concat2d(potential.map((scores, i) => tf.relu(tf.add<tf.Tensor2D>(scores, centred.squaredNorms[i]!))), 0),
    );
    const targets = randoms.map((random) => Array.from({ length: nTrials }, () => random.next()));
    const candidates = await drawByWeight(weights, targets, read, directWeights);

    const rows = centredRows(points, centred, candidates);
    let fall: tf.Tensor | undefined;
    eachTile(centred, rows, (scores, i) => {
      const before = fall;
      fall = tf.tidy(() => {
        const shaped = tf.reshape(scores, [-1, nRestarts, nTrials]);
        const fallen = tf.sum(tf.relu(tf.sub(tf.expandDims(potential[i]!, 2), shaped)), 0);
        return before === undefined ? fallen : tf.add(before, fallen);
      });
      before?.dispose();
    });
    rows.dispose();

    const falls = await read(fall!);
    const best = new Int32Array(nRestarts);
    for (let r = 0; r < nRestarts; r++) {
      let trial = 0;
      for (let t = 1; t < nTrials; t++) if (falls[r * nTrials + t]! > falls[r * nTrials + trial]!) trial = t;
      best[r] = candidates[r * nTrials + trial]!;
      chosen[r]![c] = best[r]!;
    }
    if (c + 1 < nClusters) lower(best);
  }
  tf.dispose(potential);
  return chosen;
}
