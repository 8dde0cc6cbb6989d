import type { NearestNeighbours } from './nearest-neighbours.js';

/** Which points belong together, and how much: every pair twice, by rising row and column. */
export interface FuzzyGraph {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** 0 to 1, never 0. */
  readonly weights: Float64Array;
}

const TURNS = 64;
const TOLERANCE = 1e-5;
const LEAST_SCALE = 1e-3;

/** How fast membership falls with distance at one point: so that its neighbours' memberships sum to log2 of their number. */
function fallOf(distances: Float64Array, nearest: number): number {
  const target = Math.log2(distances.length);
  let low = 0;
  let high = Infinity;
  let fall = 1;
  for (let turn = 0; turn < TURNS; turn++) {
    let sum = 0;
    for (let r = 1; r < distances.length; r++) {
      const beyond = distances[r]! - nearest;
      sum += beyond > 0 ? Math.exp(-(beyond / fall)) : 1;
    }
    if (Math.abs(sum - target) < TOLERANCE) break;
    if (sum > target) high = fall;
    else low = fall;
    fall = high === Infinity ? fall * 2 : (low + high) / 2;
  }
  return fall;
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** [n * count] how much each neighbour belongs to its point, 0 for the point itself. */
function memberships({ indices, distances }: NearestNeighbours, n: number, count: number): Float64Array {
  const strengths = new Float64Array(n * count);
  const meanDistance = meanOf(distances);
  for (let i = 0; i < n; i++) {
    const own = distances.subarray(i * count, (i + 1) * count);
    const nearest = own.find((distance) => distance > 0) ?? 0;
    const fall = Math.max(fallOf(own, nearest), LEAST_SCALE * (nearest > 0 ? meanOf(own) : meanDistance));
    for (let r = 0; r < count; r++) {
      if (indices[i * count + r] === i) continue;
      const beyond = own[r]! - nearest;
      strengths[i * count + r] = beyond <= 0 ? 1 : Math.exp(-(beyond / fall));
    }
  }
  return strengths;
}

/**
 * The graph of UMAP: a neighbour belongs to a point by how far it is beyond the nearest one, in a measure of the point's own; two points belong together where
 * either holds the other for a neighbour, a + b - a b.
 *
 * @param neighbours of n points, `count` each.
 * @see McInnes, Healy & Melville 2018, sections 3.1 and 4.1
 */
export function fuzzyGraph(neighbours: NearestNeighbours, n: number, count: number): FuzzyGraph {
  const strengths = memberships(neighbours, n, count);
  const { indices } = neighbours;
  // Who holds a point for a neighbour: the same edges, from their other ends.
  const starts = new Int32Array(n + 1);
  for (const j of indices) starts[j + 1]!++;
  for (let i = 0; i < n; i++) starts[i + 1]! += starts[i]!;
  const holders = new Int32Array(indices.length);
  const held = new Float64Array(indices.length);
  const next = starts.slice(0, n);
  for (let edge = 0; edge < indices.length; edge++) {
    const place = next[indices[edge]!]!++;
    holders[place] = Math.floor(edge / count);
    held[place] = strengths[edge]!;
  }

  const rows = new Int32Array(2 * indices.length);
  const columns = new Int32Array(2 * indices.length);
  const weights = new Float64Array(2 * indices.length);
  const there = new Float64Array(n);
  const back = new Float64Array(n);
  let size = 0;
  for (let i = 0; i < n; i++) {
    const partners: number[] = [];
    for (let edge = i * count; edge < (i + 1) * count; edge++) {
      if (strengths[edge]! > 0) partners.push(indices[edge]!);
      there[indices[edge]!] = strengths[edge]!;
    }
    for (let place = starts[i]!; place < starts[i + 1]!; place++) {
      const j = holders[place]!;
      if (held[place]! > 0 && there[j] === 0) partners.push(j);
      back[j] = held[place]!;
    }
    partners.sort((a, b) => a - b);
    for (const j of partners) {
      rows[size] = i;
      columns[size] = j;
      weights[size++] = there[j]! + back[j]! - there[j]! * back[j]!;
    }
    for (let edge = i * count; edge < (i + 1) * count; edge++) there[indices[edge]!] = 0;
    for (let place = starts[i]!; place < starts[i + 1]!; place++) back[holders[place]!] = 0;
  }
  return { rows: rows.slice(0, size), columns: columns.slice(0, size), weights: weights.slice(0, size) };
}
