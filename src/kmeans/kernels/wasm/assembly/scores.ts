/** The product that everything here is made of: eight points against four centroids, in registers. */

/**
 * out[i][j] = bias[j] - x_i · c_j for eight points and the four centroids of a panel. Sums run over the features in order, so
 * that a point's score is the same to the last bit whatever points stand beside it.
 *
 * @param panel [features][4], f32
 * @param bias  [4], f32: ½||c||², so that a score is half of what the squared distance is, less ||x||².
 * @param bytes of a row, a multiple of 16; rows end in zeros.
 */
export function scores(x0: usize, x1: usize, x2: usize, x3: usize, x4: usize, x5: usize, x6: usize, x7: usize, panel: usize, bias: usize, bytes: usize, out: usize): void {
  const end = x0 + bytes;
  let a0 = v128.load(bias);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  let a5 = a0;
  let a6 = a0;
  let a7 = a0;
  while (x0 < end) {
    let c = v128.load(panel);
    a0 = f32x4.sub(a0, f32x4.mul(c, v128.load32_splat(x0)));
    a1 = f32x4.sub(a1, f32x4.mul(c, v128.load32_splat(x1)));
    a2 = f32x4.sub(a2, f32x4.mul(c, v128.load32_splat(x2)));
    a3 = f32x4.sub(a3, f32x4.mul(c, v128.load32_splat(x3)));
    a4 = f32x4.sub(a4, f32x4.mul(c, v128.load32_splat(x4)));
    a5 = f32x4.sub(a5, f32x4.mul(c, v128.load32_splat(x5)));
    a6 = f32x4.sub(a6, f32x4.mul(c, v128.load32_splat(x6)));
    a7 = f32x4.sub(a7, f32x4.mul(c, v128.load32_splat(x7)));
    c = v128.load(panel, 16);
    a0 = f32x4.sub(a0, f32x4.mul(c, v128.load32_splat(x0, 4)));
    a1 = f32x4.sub(a1, f32x4.mul(c, v128.load32_splat(x1, 4)));
    a2 = f32x4.sub(a2, f32x4.mul(c, v128.load32_splat(x2, 4)));
    a3 = f32x4.sub(a3, f32x4.mul(c, v128.load32_splat(x3, 4)));
    a4 = f32x4.sub(a4, f32x4.mul(c, v128.load32_splat(x4, 4)));
    a5 = f32x4.sub(a5, f32x4.mul(c, v128.load32_splat(x5, 4)));
    a6 = f32x4.sub(a6, f32x4.mul(c, v128.load32_splat(x6, 4)));
    a7 = f32x4.sub(a7, f32x4.mul(c, v128.load32_splat(x7, 4)));
    c = v128.load(panel, 32);
    a0 = f32x4.sub(a0, f32x4.mul(c, v128.load32_splat(x0, 8)));
    a1 = f32x4.sub(a1, f32x4.mul(c, v128.load32_splat(x1, 8)));
    a2 = f32x4.sub(a2, f32x4.mul(c, v128.load32_splat(x2, 8)));
    a3 = f32x4.sub(a3, f32x4.mul(c, v128.load32_splat(x3, 8)));
    a4 = f32x4.sub(a4, f32x4.mul(c, v128.load32_splat(x4, 8)));
    a5 = f32x4.sub(a5, f32x4.mul(c, v128.load32_splat(x5, 8)));
    a6 = f32x4.sub(a6, f32x4.mul(c, v128.load32_splat(x6, 8)));
    a7 = f32x4.sub(a7, f32x4.mul(c, v128.load32_splat(x7, 8)));
    c = v128.load(panel, 48);
    a0 = f32x4.sub(a0, f32x4.mul(c, v128.load32_splat(x0, 12)));
    a1 = f32x4.sub(a1, f32x4.mul(c, v128.load32_splat(x1, 12)));
    a2 = f32x4.sub(a2, f32x4.mul(c, v128.load32_splat(x2, 12)));
    a3 = f32x4.sub(a3, f32x4.mul(c, v128.load32_splat(x3, 12)));
    a4 = f32x4.sub(a4, f32x4.mul(c, v128.load32_splat(x4, 12)));
    a5 = f32x4.sub(a5, f32x4.mul(c, v128.load32_splat(x5, 12)));
    a6 = f32x4.sub(a6, f32x4.mul(c, v128.load32_splat(x6, 12)));
    a7 = f32x4.sub(a7, f32x4.mul(c, v128.load32_splat(x7, 12)));
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
    x4 += 16;
    x5 += 16;
    x6 += 16;
    x7 += 16;
    panel += 64;
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out, a2, 32);
  v128.store(out, a3, 48);
  v128.store(out, a4, 64);
  v128.store(out, a5, 80);
  v128.store(out, a6, 96);
  v128.store(out, a7, 112);
}

/** Address of the i-th of some listed rows; past the end, of the last. */
@inline
function rowAt(list: usize, i: i32, count: i32, points: usize, bytes: usize): usize {
  return points + <usize>load<i32>(list + ((<usize>min(i, count - 1)) << 2)) * bytes;
}

/** `scores` of the eight listed rows from the first-th on; where the list ends, its last row stands in. */
@inline
export function listedScores(list: usize, first: i32, count: i32, points: usize, panel: usize, bias: usize, bytes: usize, out: usize): void {
  scores(
    rowAt(list, first, count, points, bytes),
    rowAt(list, first + 1, count, points, bytes),
    rowAt(list, first + 2, count, points, bytes),
    rowAt(list, first + 3, count, points, bytes),
    rowAt(list, first + 4, count, points, bytes),
    rowAt(list, first + 5, count, points, bytes),
    rowAt(list, first + 6, count, points, bytes),
    rowAt(list, first + 7, count, points, bytes),
    panel,
    bias,
    bytes,
    out,
  );
}

/** x · c, four features at a time. */
export function dot(x: usize, c: usize, bytes: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let e = f32x4.splat(0);
  let g = f32x4.splat(0);
  const end = x + bytes;
  const whole = x + (bytes & ~63);
  while (x < whole) {
    a = f32x4.add(a, f32x4.mul(v128.load(x), v128.load(c)));
    b = f32x4.add(b, f32x4.mul(v128.load(x, 16), v128.load(c, 16)));
    e = f32x4.add(e, f32x4.mul(v128.load(x, 32), v128.load(c, 32)));
    g = f32x4.add(g, f32x4.mul(v128.load(x, 48), v128.load(c, 48)));
    x += 64;
    c += 64;
  }
  while (x < end) {
    a = f32x4.add(a, f32x4.mul(v128.load(x), v128.load(c)));
    x += 16;
    c += 16;
  }
  return sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(e, g)));
}

/** ||x - c||², the differences first. */
export function squaredDistance(x: usize, c: usize, bytes: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  const end = x + bytes;
  const whole = x + (bytes & ~31);
  while (x < whole) {
    const p = f32x4.sub(v128.load(x), v128.load(c));
    const q = f32x4.sub(v128.load(x, 16), v128.load(c, 16));
    a = f32x4.add(a, f32x4.mul(p, p));
    b = f32x4.add(b, f32x4.mul(q, q));
    x += 32;
    c += 32;
  }
  if (x < end) {
    const p = f32x4.sub(v128.load(x), v128.load(c));
    a = f32x4.add(a, f32x4.mul(p, p));
  }
  return sumLanes(f32x4.add(a, b));
}

/** The same of four rows at once, to the same bits. */
@inline
export function squaredDistances(x0: usize, x1: usize, x2: usize, x3: usize, c: usize, bytes: usize): v128 {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  const whole = bytes & ~31;
  for (let f: usize = 0; f < whole; f += 32) {
    const low = v128.load(c + f);
    const high = v128.load(c + f, 16);
    a0 = addSquare(a0, v128.load(x0 + f), low);
    a1 = addSquare(a1, v128.load(x1 + f), low);
    a2 = addSquare(a2, v128.load(x2 + f), low);
    a3 = addSquare(a3, v128.load(x3 + f), low);
    b0 = addSquare(b0, v128.load(x0 + f, 16), high);
    b1 = addSquare(b1, v128.load(x1 + f, 16), high);
    b2 = addSquare(b2, v128.load(x2 + f, 16), high);
    b3 = addSquare(b3, v128.load(x3 + f, 16), high);
  }
  if (whole < bytes) {
    const low = v128.load(c + whole);
    a0 = addSquare(a0, v128.load(x0 + whole), low);
    a1 = addSquare(a1, v128.load(x1 + whole), low);
    a2 = addSquare(a2, v128.load(x2 + whole), low);
    a3 = addSquare(a3, v128.load(x3 + whole), low);
  }
  a0 = f32x4.add(a0, b0);
  a1 = f32x4.add(a1, b1);
  a2 = f32x4.add(a2, b2);
  a3 = f32x4.add(a3, b3);
  const low = f32x4.add(v128.shuffle<f32>(a0, a1, 0, 2, 4, 6), v128.shuffle<f32>(a0, a1, 1, 3, 5, 7));
  const high = f32x4.add(v128.shuffle<f32>(a2, a3, 0, 2, 4, 6), v128.shuffle<f32>(a2, a3, 1, 3, 5, 7));
  return f32x4.add(v128.shuffle<f32>(low, high, 0, 2, 4, 6), v128.shuffle<f32>(low, high, 1, 3, 5, 7));
}

@inline
function addSquare(sum: v128, x: v128, c: v128): v128 {
  const difference = f32x4.sub(x, c);
  return f32x4.add(sum, f32x4.mul(difference, difference));
}

@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * Packs rows four by four, [panel][features][4], with ½||row||² beside them. Lanes without a row are never nearest.
 *
 * @param rows [count] of `bytes` each.
 */
export function packPanels(rows: usize, count: i32, bytes: usize, panels: usize, bias: usize): void {
  const padded = (count + 3) & ~3;
  for (let j = 0; j < padded; j++) {
    const at = bias + ((<usize>j) << 2);
    if (j < count) packRow(rows + <usize>j * bytes, bytes, panels, at, j);
    else packNothing(bytes, panels, at, j);
  }
}

/** One row into its lane of its panel. */
export function packRow(row: usize, bytes: usize, panels: usize, bias: usize, j: i32): void {
  const panel = panels + (<usize>(j >> 2) * bytes * 4) + ((<usize>(j & 3)) << 2);
  let square: f64 = 0;
  for (let f: usize = 0; f < bytes; f += 4) {
    const value = load<f32>(row + f);
    square += <f64>value * <f64>value;
    store<f32>(panel + f * 4, value);
  }
  store<f32>(bias, <f32>(0.5 * square));
}

export function packNothing(bytes: usize, panels: usize, bias: usize, j: i32): void {
  const panel = panels + (<usize>(j >> 2) * bytes * 4) + ((<usize>(j & 3)) << 2);
  for (let f: usize = 0; f < bytes; f += 4) store<f32>(panel + f * 4, 0);
  store<f32>(bias, Infinity);
}
