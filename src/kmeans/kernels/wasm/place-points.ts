import { SoundkinError } from '../../../errors.js';
import type { WasmSession } from '../../../web-assembly.js';

/** Points in a session's memory, centred. Addresses are bytes. */
export interface PlacedPoints {
  readonly session: WasmSession;
  readonly nPoints: number;
  readonly nFeatures: number;
  /** Bytes of a row: of a multiple of four features, the last of them zeros. */
  readonly bytes: number;
  /** Rows that a thread takes at a time. Depends on nothing but the features, so that block sums do not tell how many threads there were. */
  readonly blockRows: number;
  readonly nBlocks: number;
  /** f32[n][bytes / 4] */
  readonly points: number;
  /** f32[n]: squared lengths. */
  readonly norms: number;
  readonly longest: number;
  /** i16[n][coarseBytes / 2]: the points in 16 bits. */
  readonly coarse: number;
  readonly coarseBytes: number;
  /** f32[n]: lengths of what 16 bits leave out of each point. */
  readonly residuals: number;
  /** What one unit of `coarse` stands for. */
  readonly coarseScale: number;
  /** Whether 16 bits tell enough: they do not where a few points lie very far from all others. */
  readonly coarseSuits: boolean;
  readonly meanValues: Float32Array;
  readonly totalSquares: number;
}

/** Rounded rows are no longer, so that every feature fits into 16 bits, and the products of two rows into 32. */
export const COARSE_LENGTH = 32_750;
/** Points farther out than this many times the typical distance from the mean are left to float32. */
const COARSE_REACH = 8;

/** A block of rows stays in a core's own cache, with what is kept of them. */
const BLOCK_BYTES = 2 ** 19;

export const floatsAt = (session: WasmSession, address: number, length: number): Float32Array => new Float32Array(session.memory.buffer, address, length);
export const doublesAt = (session: WasmSession, address: number, length: number): Float64Array => new Float64Array(session.memory.buffer, address, length);
export const integersAt = (session: WasmSession, address: number, length: number): Int32Array => new Int32Array(session.memory.buffer, address, length);

/** Bytes of a row of so many features. */
export const rowBytes = (nFeatures: number): number => 16 * Math.ceil(nFeatures / 4);

/** Bytes of a row in 16 bits. */
export const coarseRowBytes = (nFeatures: number): number => 16 * Math.ceil(nFeatures / 8);

/** Copies rows of features into rows of `bytes`, which end in zeros. */
export function copyRows(values: Float32Array, nFeatures: number, into: Float32Array): void {
  const width = rowBytes(nFeatures) / 4;
  if (width === nFeatures) return into.set(values);
  into.fill(0);
  for (let i = 0, at = 0; i < values.length; i += nFeatures, at += width) for (let f = 0; f < nFeatures; f++) into[at + f] = values[i + f]!;
}

/**
 * Copies points into a session's memory, less their mean.
 *
 * Each feature is rounded to a grid, 2^-52 of what all points can sum to: at 200 000 points 2^-34 of its largest value, which float32 hardly shows. All sums
 * of points are then exact in float64, and so the same in whatever order, by however many threads, points are added and taken off.
 *
 * @param values [n * nFeatures]. Not kept.
 * @throws KMEANS_NOT_FINITE when a value is NaN or infinite, or so large that its square is.
 */
export function placePoints(session: WasmSession, values: Float32Array, nFeatures: number): PlacedPoints {
  const nPoints = values.length / nFeatures;
  const bytes = rowBytes(nFeatures);
  const width = bytes / 4;
  const blockRows = Math.min(2048, Math.max(64, 2 ** Math.floor(Math.log2(BLOCK_BYTES / bytes))));
  const nBlocks = Math.ceil(nPoints / blockRows);
  const points = session.allocate(nPoints * bytes);
  const norms = session.allocate(4 * nPoints);
  const coarseBytes = coarseRowBytes(nFeatures);
  const coarse = session.allocate(nPoints * coarseBytes);
  const residuals = session.allocate(4 * nPoints);
  const mark = session.top;
  copyRows(values, nFeatures, floatsAt(session, points, nPoints * width));

  const partial = session.allocate(nBlocks * bytes * 4);
  session.run('columnSums', points, nPoints, bytes, blockRows, partial);
  const mean = session.allocate(bytes);
  const magic = session.allocate(2 * bytes);
  const meanValues = floatsAt(session, mean, width).fill(0);
  const magicValues = doublesAt(session, magic, width).fill(0);
  let finite = true;
  for (let f = 0; f < nFeatures; f++) {
    let sum = 0;
    let least = Infinity;
    let most = -Infinity;
    for (let b = 0; b < nBlocks; b++) {
      const block = partial + b * bytes * 4;
      sum += doublesAt(session, block, width)[f]!;
      least = Math.min(least, floatsAt(session, block + 2 * bytes, width)[f]!);
      most = Math.max(most, floatsAt(session, block + 3 * bytes, width)[f]!);
    }
    meanValues[f] = sum / nPoints;
    const largest = Math.max(most - meanValues[f]!, meanValues[f]! - least) * 1.0001;
    finite &&= Number.isFinite(largest);
    // Adding 1.5 times 2^52 grids to a number leaves no bits below the grid.
    const exponent = largest > 0 ? Math.ceil(Math.log2(largest * nPoints)) + 1 : 0;
    magicValues[f] = 1.5 * 2 ** exponent;
  }
  const blockSums = session.allocate(8 * nBlocks);
  session.run('centre', points, nPoints, bytes, blockRows, mean, magic, norms, blockSums);
  let totalSquares = 0;
  for (const sum of doublesAt(session, blockSums, nBlocks)) totalSquares += sum;
  let longest = 0;
  for (const norm of floatsAt(session, norms, nPoints)) if (!(norm <= longest)) longest = norm;
  if (!finite || !Number.isFinite(totalSquares) || !Number.isFinite(longest)) {
    throw new SoundkinError(
      'KMEANS_NOT_FINITE',
      'kmeans: expected finite numbers in every point, got NaN, Infinity or values beyond float32. Leave out the sounds whose features are not finite.',
    );
  }
  const kept = meanValues.slice(0, nFeatures);
  session.top = mark;

  const typical = Math.sqrt(totalSquares / nPoints);
  const coarseScale = Math.fround(Math.min(Math.sqrt(longest) * 1.0001, COARSE_REACH * typical) / COARSE_LENGTH);
  session.run('quantise', points, norms, nPoints, bytes, blockRows, coarse, coarseBytes, residuals, coarseScale);
  let left = 0;
  for (const residual of floatsAt(session, residuals, nPoints)) left += residual;
  return {
    session,
    nPoints,
    nFeatures,
    bytes,
    blockRows,
    nBlocks,
    points,
    norms,
    longest: Math.sqrt(longest),
    coarse,
    coarseBytes,
    residuals,
    coarseScale,
    coarseSuits: left / nPoints < 1e-2 * typical && nFeatures >= 8,
    meanValues: kept,
    totalSquares,
  };
}
