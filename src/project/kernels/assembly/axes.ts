/** Means of the features, and the points less those. @param points f32[n][d] @param mean f64[d], zeros at first @param centred f64[n][d] */
export function centre(points: usize, n: i32, d: i32, mean: usize, centred: usize): void {
  for (let i = 0, from = points; i < n; i++) {
    for (let f = 0, to = mean; f < d; f++, from += 4, to += 8) store<f64>(to, load<f64>(to) + <f64>load<f32>(from));
  }
  for (let f = 0, at = mean; f < d; f++, at += 8) store<f64>(at, load<f64>(at) / <f64>n);
  for (let i = 0, from = points, to = centred; i < n; i++) {
    for (let f = 0, at = mean; f < d; f++, from += 4, to += 8, at += 8) store<f64>(to, <f64>load<f32>(from) - load<f64>(at));
  }
}

/** A row becomes a column: the transformation that `tridiagonalise` leaves, as `iterateQl` takes it. @param z f64[d][width], zeros at first */
export function transpose(a: usize, d: i32, width: i32, z: usize): void {
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) store<f64>(z + (<usize>(j * width + i) << 3), load<f64>(a + (<usize>(i * d + j) << 3)));
}

/** Makes axis `c` of length 1 and at right angles to those before. Returns the length that was left of it. */
function straighten(axes: usize, c: i32, d: i32): f64 {
  const bytes = <usize>d << 3;
  const axis = axes + <usize>c * bytes;
  for (let before = axes; before < axis; before += bytes) {
    let dot: f64 = 0;
    for (let f: usize = 0; f < bytes; f += 8) dot += load<f64>(axis + f) * load<f64>(before + f);
    for (let f: usize = 0; f < bytes; f += 8) store<f64>(axis + f, load<f64>(axis + f) - dot * load<f64>(before + f));
  }
  let sum: f64 = 0;
  for (let f: usize = 0; f < bytes; f += 8) sum += load<f64>(axis + f) * load<f64>(axis + f);
  const length = sqrt<f64>(sum);
  if (length > 0) for (let f: usize = 0; f < bytes; f += 8) store<f64>(axis + f, load<f64>(axis + f) / length);
  return length;
}

/** One axis from its eigenvector of the products of the points. @param vector f64[n] @param axes f64[...][d], zeros from axis `c` on */
export function axisOfPoints(centred: usize, n: i32, d: i32, vector: usize, axes: usize, c: i32): void {
  const axis = axes + (<usize>(c * d) << 3);
  for (let i = 0, from = centred; i < n; i++) {
    const share = load<f64>(vector + (<usize>i << 3));
    for (let f = 0, to = axis; f < d; f++, from += 8, to += 8) store<f64>(to, load<f64>(to) + share * load<f64>(from));
  }
  straighten(axes, c, d);
}

/** An axis where the points have no further direction: some feature's own is far from all axes so far. */
export function anyAxis(axes: usize, c: i32, d: i32): void {
  const axis = axes + (<usize>(c * d) << 3);
  let length: f64 = 0;
  for (let f = 0; length * length < <f64>(d - c) / <f64>(2 * d); f++) {
    memory.fill(axis, 0, <usize>d << 3);
    store<f64>(axis + (<usize>f << 3), 1);
    length = straighten(axes, c, d);
  }
}

/** Turns axes so that the largest entry of each is positive, and lays them out as `project` takes them. @param columns f64[d][nPadded], zeros at first */
export function layOut(axes: usize, nAxes: i32, d: i32, nPadded: i32, columns: usize): void {
  for (let c = 0; c < nAxes; c++) {
    const axis = axes + (<usize>(c * d) << 3);
    let largest = 0;
    for (let f = 1; f < d; f++) if (Math.abs(load<f64>(axis + (<usize>f << 3))) > Math.abs(load<f64>(axis + (<usize>largest << 3)))) largest = f;
    const sign: f64 = load<f64>(axis + (<usize>largest << 3)) < 0 ? -1 : 1;
    for (let f = 0; f < d; f++) store<f64>(columns + (<usize>(f * nPadded + c) << 3), sign * load<f64>(axis + (<usize>f << 3)));
  }
}
