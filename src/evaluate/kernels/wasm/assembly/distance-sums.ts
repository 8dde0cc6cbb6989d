/** Sums of distances to the points of each cluster, of several labellings in one pass over the distances. */
import { packNothing, packRow, scores } from '../../../../kmeans/kernels/wasm/assembly/scores';

/** Rows that a thread takes at a time. */
const BLOCK_ROWS: i32 = 64;
/** Bytes of other points that stay in the cache while a block's rows pass over them. */
const TILE_BYTES: usize = 262144;

@inline
function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}

/** Bytes of a thread's scratch. */
export function distanceScratchBytes(bytes: usize): usize {
  return 128 + <usize>BLOCK_ROWS * (bytes + 4);
}

/** Distances of one point to four rows, as two pairs, onto the sums of its clusters. */
@inline
function addDistances(score: usize, norm: f32, codes: usize, lastCode: usize, sums: usize): void {
  const v = v128.load(score);
  const d = f32x4.sqrt(f32x4.pmax(f32x4.splat(0), f32x4.add(f32x4.splat(norm), f32x4.add(v, v))));
  const low = f64x2.promote_low_f32x4(d);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(d, d, 2, 3, 2, 3));
  for (; codes < lastCode; codes += 4) {
    const sum = sums + ((<usize>load<i32>(codes)) << 5);
    v128.store(sum, f64x2.add(v128.load(sum), low));
    v128.store(sum, f64x2.add(v128.load(sum, 16), high), 16);
  }
}

/** The scores of eight points against a panel; past the end the last point stands in. */
@inline
function eightScores(points: usize, bytes: usize, j: i32, last: i32, panel: usize, bias: usize, out: usize): void {
  const x = points + <usize>j * bytes;
  if (j + 7 <= last) {
    scores(x, x + bytes, x + 2 * bytes, x + 3 * bytes, x + 4 * bytes, x + 5 * bytes, x + 6 * bytes, x + 7 * bytes, panel, bias, bytes, out);
    return;
  }
  const end = points + <usize>last * bytes;
  scores(x, min(x + bytes, end), min(x + 2 * bytes, end), min(x + 3 * bytes, end), min(x + 4 * bytes, end), min(x + 5 * bytes, end), min(x + 6 * bytes, end), min(x + 7 * bytes, end), panel, bias, bytes, out);
}

/**
 * For some rows, the sums of their distances to all points of each cluster. Blocks of rows are taken by whichever thread comes first.
 *
 * @param points      f32[n][features], rows of `bytes` that end in zeros.
 * @param norms       f32[n]: squared lengths.
 * @param codes       i32[n][nLabellings]: the column of each point's cluster.
 * @param width       columns.
 * @param ids         i32[end]: the rows; those from `first` to `end` are computed.
 * @param sums        f64[⌈rows / 4⌉][width][4], of the rows from `first` on.
 */
export function distanceSums(thread: i32, counter: usize, points: usize, norms: usize, n: i32, bytes: usize, codes: usize, nLabellings: i32, width: i32, ids: usize, first: i32, end: i32, sums: usize, scratch: usize): void {
  const out = scratch + <usize>thread * distanceScratchBytes(bytes);
  const bias = out + 128;
  const panels = bias + <usize>(BLOCK_ROWS * 4);
  const nBlocks = (end - first + BLOCK_ROWS - 1) / BLOCK_ROWS;
  const tileRows = max(8, <i32>(TILE_BYTES / bytes) & ~7);
  const codeBytes = (<usize>nLabellings) << 2;
  const panelSums = (<usize>width) << 5;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const from = first + b * BLOCK_ROWS;
    const rows = min(BLOCK_ROWS, end - from);
    const nPanels = (rows + 3) >> 2;
    const own = sums + <usize>((from - first) >> 2) * panelSums;
    for (let i = 0; i < nPanels * 4; i++) {
      if (i < rows) packRow(points + <usize>load<i32>(at(ids, from + i)) * bytes, bytes, panels, at(bias, i), i);
      else packNothing(bytes, panels, at(bias, i), i);
    }
    memory.fill(own, 0, <usize>nPanels * panelSums);
    for (let tile = 0; tile < n; tile += tileRows) {
      const last = min(n, tile + tileRows) - 1;
      for (let p = 0; p < nPanels; p++) {
        const panel = panels + <usize>p * bytes * 4;
        const into = own + <usize>p * panelSums;
        for (let j = tile; j <= last; j += 8) {
          eightScores(points, bytes, j, last, panel, at(bias, p << 2), out);
          const count = min(8, last + 1 - j);
          for (let q = 0; q < count; q++) {
            const code = codes + <usize>(j + q) * codeBytes;
            addDistances(out + ((<usize>q) << 4), load<f32>(at(norms, j + q)), code, code + codeBytes, into);
          }
        }
      }
    }
    for (let i = 0; i < rows; i++) takeOwn(load<i32>(at(ids, from + i)), i, points, norms, bytes, codes, nLabellings, panels, bias, own + <usize>(i >> 2) * panelSums, out);
  }
}

/** Takes a point's distance to itself off again: rounding leaves something there, the same each time it is computed. */
function takeOwn(id: i32, i: i32, points: usize, norms: usize, bytes: usize, codes: usize, nLabellings: i32, panels: usize, bias: usize, sums: usize, out: usize): void {
  const row = points + <usize>id * bytes;
  scores(row, row, row, row, row, row, row, row, panels + <usize>(i >> 2) * bytes * 4, at(bias, i & ~3), bytes, out);
  const score = load<f32>(at(out, i & 3));
  const distance = <f64>sqrt<f32>(max<f32>(load<f32>(at(norms, id)) + (score + score), 0));
  for (let l = 0; l < nLabellings; l++) {
    const sum = sums + ((<usize>load<i32>(at(codes, id * nLabellings + l))) << 5) + ((<usize>(i & 3)) << 3);
    store<f64>(sum, load<f64>(sum) - distance);
  }
}
