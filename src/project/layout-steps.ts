import type { Random } from '../random.js';
import { attractAndRepel, type Epoch } from './attract-and-repel.js';
import type { FuzzyGraph } from './fuzzy-graph.js';
import { nearestNeighbours, type NearestNeighbours } from './nearest-neighbours.js';
import { pca } from './pca.js';

/** What takes time in a layout: done in plain TypeScript, or by a kernel that gives the same numbers to the bit. */
export interface LayoutSteps {
  /** The first principal components' coordinates, [n * nComponents]. */
  coordinates(points: Float32Array, n: number, d: number, nComponents: number): Promise<Float32Array>;
  /** As `nearestNeighbours`. */
  neighbours(points: Float32Array, n: number, d: number, count: number): NearestNeighbours;
  /** As `attractAndRepel`; the picture holds an epoch's outcome when that returns. */
  epochs(picture: Float64Array, graph: FuzzyGraph, nEpochs: number, random: Random): Epoch;
}

export const PLAIN_STEPS: LayoutSteps = {
  coordinates: async (...points) => (await pca(...points)).coordinates,
  neighbours: nearestNeighbours,
  epochs: (picture, graph, nEpochs, random) => attractAndRepel(picture, graph, nEpochs, random),
};
