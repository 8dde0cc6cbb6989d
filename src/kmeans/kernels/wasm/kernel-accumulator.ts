import type { Accumulator, RunCentroids, StepSums } from '../../accumulation.js';
import { COARSE_LENGTH, copyRows, doublesAt, floatsAt, integersAt, type PlacedPoints } from './place-points.js';

interface StepExports {
  packPanels(rows: number, count: number, bytes: number, panels: number, bias: number): void;
  mergeMoved(run: number, nThreads: number, total: number): void;
  packCoarsePanels(rows: number, count: number, bytes: number, bias: number, into: number, coarseBytes: number, panels: number, scale: number): number;
  scratchBytes(blockRows: number): number;
}

/** Words of a run's description: see assembly/run.ts. */
const WORDS = 25;
const FRESH = 14;
/** The first of its floats: four errors, and after three words of the 16-bit panels three more. */
const FLOATS = 15;
const COARSE = 19;
/** Half of float32's spacing at 1. */
const UNIT = 2 ** -24;

/** Groups of consecutive centroids: of four while that gives at most eight groups, else of more. */
function groupsOf(nClusters: number): { nGroups: number; groupPanels: number; nBounds: number } {
  const nPanels = Math.ceil(nClusters / 4);
  // More than one panel goes by twos: 16-bit products take two panels at a time.
  const groupPanels = nPanels <= 8 ? 1 : 2 * Math.ceil(nPanels / 16);
  const nGroups = Math.ceil(nPanels / groupPanels);
  return { nGroups, groupPanels, nBounds: nGroups === 1 ? 1 : nGroups <= 4 ? 4 : 8 };
}

/** Bytes that a run takes a point. */
export const runBytes = (nClusters: number): number => 8 + 4 * groupsOf(nClusters).nBounds;

interface RunMemory {
  readonly nClusters: number;
  readonly nGroups: number;
  readonly groupPanels: number;
  readonly labels: number;
  readonly panels: number;
  readonly bias: number;
  readonly rows: number;
  readonly paths: number;
  readonly groupPaths: number;
  readonly total: number;
  /** The run's description, copied to where a step's runs stand side by side. */
  readonly words: Int32Array;
  readonly floats: Float32Array;
  readonly coarsePanels: number;
  readonly coarseRows: number;
  /** How far each centroid and group has moved, in float64. */
  readonly path: Float64Array;
  readonly groupPath: Float64Array;
  /** The longest centroid that the errors allow for; 0 before the first step. */
  longest: number;
}

/**
 * Lloyd's steps in WebAssembly: distances, nearest centroids and sums in one pass, and points passed over whose bounds prove that they stay.
 *
 * @param nRuns that it will be asked for at most.
 */
export function createKernelAccumulator(placed: PlacedPoints, nRuns: number): Accumulator {
  const { session, nPoints, nFeatures, bytes, blockRows, nBlocks, points, norms, coarse, coarseBytes, residuals } = placed;
  const kernel = session.exports as StepExports;
  const width = bytes / 4;
  const mark = session.top;
  const descriptions = session.allocate(4 * WORDS * nRuns);
  const scratch = session.allocate(kernel.scratchBytes(blockRows) * session.size);
  const distances = session.allocate(4 * nPoints);
  const blockSums = session.allocate(8 * nBlocks);
  const memories = new Map<number, RunMemory>();

  const create = (nClusters: number): RunMemory => {
    const { nGroups, groupPanels, nBounds } = groupsOf(nClusters);
    const nPanels = Math.ceil(nClusters / 4);
    const labels = session.allocate(4 * nPoints);
    const uppers = session.allocate(4 * nPoints);
    const lowers = session.allocate(4 * nBounds * nPoints);
    const panels = session.allocate(nPanels * bytes * 4);
    const bias = session.allocate(16 * nPanels);
    const rows = session.allocate(nClusters * bytes);
    const coarsePanels = session.allocate(nPanels * coarseBytes * 4);
    const coarseRows = session.allocate(nClusters * coarseBytes);
    const paths = session.allocate(4 * nClusters);
    const groupPaths = session.allocate(32);
    const movedBytes = 16 * Math.ceil((8 * (nClusters * width + nClusters + 1)) / 16);
    const moved = session.allocate(movedBytes * session.size);
    const total = session.allocate(movedBytes);
    integersAt(session, labels, nPoints).fill(-1);
    floatsAt(session, paths, nClusters).fill(0);
    floatsAt(session, groupPaths, 8).fill(0);
    doublesAt(session, moved, (movedBytes / 8) * session.size).fill(0);
    doublesAt(session, total, movedBytes / 8).fill(0);
    const words = new Int32Array(WORDS);
    words.set([nClusters, nGroups, groupPanels, nBounds, labels, uppers, lowers, panels, bias, rows, paths, groupPaths, moved, movedBytes]);
    words.set([placed.coarseSuits ? 1 : 0, coarsePanels, coarseRows], COARSE);
    return {
      nClusters,
      nGroups,
      groupPanels,
      labels,
      panels,
      bias,
      rows,
      paths,
      groupPaths,
      total,
      words,
      floats: new Float32Array(words.buffer, 4 * FLOATS, WORDS - FLOATS),
      coarsePanels,
      coarseRows,
      path: new Float64Array(nClusters),
      groupPath: new Float64Array(8),
      longest: 0,
    };
  };

  const memoryOf = ({ run, nClusters }: RunCentroids): RunMemory => {
    let memory = memories.get(run);
    if (memory === undefined) memories.set(run, (memory = create(nClusters)));
    return memory;
  };

  /** Lengthens the paths by what the centroids move from where they were, and puts them in their new places. @returns whether any moved. */
  const place = (memory: RunMemory, centroids: Float32Array): boolean => {
    const { nClusters, path, groupPath } = memory;
    const rows = floatsAt(session, memory.rows, nClusters * width);
    let moves = memory.longest === 0;
    if (!moves) {
      const longestMove = new Float64Array(8);
      for (let j = 0; j < nClusters; j++) {
        let square = 0;
        for (let f = 0; f < nFeatures; f++) square += (centroids[j * nFeatures + f]! - rows[j * width + f]!) ** 2;
        if (square === 0) continue;
        moves = true;
        const distance = Math.sqrt(square);
        path[j]! += distance;
        const group = Math.floor(j / (4 * memory.groupPanels));
        longestMove[group] = Math.max(longestMove[group]!, distance);
      }
      if (!moves) return false;
      for (let g = 0; g < memory.nGroups; g++) groupPath[g]! += longestMove[g]!;
      floatsAt(session, memory.paths, nClusters).set(path);
      floatsAt(session, memory.groupPaths, 8).set(groupPath);
    }
    copyRows(centroids, nFeatures, rows);
    kernel.packPanels(memory.rows, nClusters, bytes, memory.panels, memory.bias);
    return true;
  };

  /**
   * How far rounding may lead. A sum of d products is off by at most (d + 2) units of Σ|x c| <= ||x|| ||c|| (Higham 2002, §3.1), and a squared distance has twice
   * that; a few more units for the rest.
   */
  const allowForRounding = (memory: RunMemory): void => {
    const { words, floats, bias, nClusters, path, groupPath } = memory;
    const longest = Math.sqrt(2 * floatsAt(session, bias, nClusters).reduce((most, value) => Math.max(most, value), 0));
    words[FRESH] = 0;
    if (memory.longest === 0 || longest > memory.longest) {
      words[FRESH] = 1;
      memory.longest = Math.max(1.1 * longest, Number.MIN_VALUE);
      const product = 2.3 * (nFeatures + 8) * UNIT;
      floats[0] = product * memory.longest;
      floats[1] = 10 * UNIT;
      floats[2] = (product + 10 * UNIT) * memory.longest ** 2;
    }
    const farthest = placed.longest + memory.longest + Math.max(path.reduce((most, value) => Math.max(most, value), 0), groupPath.reduce((most, value) => Math.max(most, value), 0));
    floats[3] = 16 * UNIT * farthest;
    if (!placed.coarseSuits) return;
    const scale = Math.fround((longest * 1.0001) / COARSE_LENGTH);
    const left = kernel.packCoarsePanels(memory.rows, nClusters, bytes, bias, memory.coarseRows, coarseBytes, memory.coarsePanels, scale);
    floats[7] = placed.coarseScale * scale;
    floats[8] = 2.01 * left;
    floats[9] = 2.01 * (longest + left);
  };

  const pass = (active: readonly RunMemory[]): void => {
    active.forEach((memory, a) => {
      allowForRounding(memory);
      integersAt(session, descriptions + 4 * WORDS * a, WORDS).set(memory.words);
    });
    session.run('step', points, norms, nPoints, bytes, blockRows, coarse, coarseBytes, residuals, descriptions, active.length, scratch);
  };

  const sumsOf = (memory: RunMemory, a: number): StepSums => {
    const { nClusters, total } = memory;
    const nSums = nClusters * width;
    const values = doublesAt(session, total, nSums + nClusters + 1);
    values[nSums + nClusters] = 0;
    kernel.mergeMoved(descriptions + 4 * WORDS * a, session.size, total);
    let sums = values.subarray(0, nSums);
    if (width !== nFeatures) {
      const all = sums;
      sums = new Float64Array(nClusters * nFeatures);
      for (let j = 0; j < nClusters; j++) sums.set(all.subarray(j * width, j * width + nFeatures), j * nFeatures);
    }
    return { sums, counts: values.subarray(nSums, nSums + nClusters), nChanged: values[nSums + nClusters]! };
  };

  return {
    step(runs): Promise<StepSums[]> {
      const active = runs.map((run) => {
        const memory = memoryOf(run);
        place(memory, run.centroids);
        return memory;
      });
      pass(active);
      return Promise.resolve(active.map(sumsOf));
    },

    keep(): void {},

    assign(run) {
      const memory = memoryOf(run);
      // A run that ended because nothing moved knows its labels.
      if (place(memory, run.centroids)) pass([memory]);
      session.run('ownDistances', points, nPoints, bytes, blockRows, memory.labels, memory.rows, distances, blockSums);
      return Promise.resolve({
        labels: integersAt(session, memory.labels, nPoints).slice(),
        squaredDistances: floatsAt(session, distances, nPoints).slice(),
      });
    },

    rows: (rows) => Promise.resolve(rowsOf(placed, rows)),

    dispose(): void {
      session.top = mark;
      memories.clear();
    },
  };
}

/** Some of the centred points, [rows.length * d]. */
export function rowsOf({ session, points, bytes, nFeatures }: PlacedPoints, rows: ArrayLike<number>): Float32Array {
  const out = new Float32Array(rows.length * nFeatures);
  for (let i = 0; i < rows.length; i++) out.set(floatsAt(session, points + rows[i]! * bytes, nFeatures), i * nFeatures);
  return out;
}
