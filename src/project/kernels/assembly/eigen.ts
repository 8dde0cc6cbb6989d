// @ts-ignore: a decorator of AssemblyScript
@inline
function at(base: usize, index: i32): f64 {
  return load<f64>(base + (<usize>index << 3));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function put(base: usize, index: i32, value: f64): void {
  store<f64>(base + (<usize>index << 3), value);
}

/** Householder's reduction to tridiagonal form: a becomes the transformation, diagonal and off the result. */
export function tridiagonalise(a: usize, d: i32, diagonal: usize, off: usize): void {
  for (let i = d - 1; i > 0; i--) {
    const row = a + (<usize>(i * d) << 3);
    let h: f64 = 0;
    let scale: f64 = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(at(row, k));
    if (i == 1 || scale == 0) {
      put(off, i, at(row, i - 1));
      put(diagonal, i, 0);
      continue;
    }
    for (let k = 0; k < i; k++) {
      const value = at(row, k) / scale;
      put(row, k, value);
      h += value * value;
    }
    const f = at(row, i - 1);
    const g: f64 = f >= 0 ? -sqrt<f64>(h) : sqrt<f64>(h);
    put(off, i, scale * g);
    h -= f * g;
    put(row, i - 1, f - g);
    let dot: f64 = 0;
    for (let j = 0; j < i; j++) {
      put(a, j * d + i, at(row, j) / h);
      let sum: f64 = 0;
      for (let k = 0; k <= j; k++) sum += at(a, j * d + k) * at(row, k);
      for (let k = j + 1; k < i; k++) sum += at(a, k * d + j) * at(row, k);
      const value = sum / h;
      put(off, j, value);
      dot += value * at(row, j);
    }
    const half = dot / (h + h);
    for (let j = 0; j < i; j++) {
      const fj = at(row, j);
      const gj = at(off, j) - half * fj;
      put(off, j, gj);
      for (let k = 0; k <= j; k++) put(a, j * d + k, at(a, j * d + k) - (fj * at(off, k) + gj * at(row, k)));
    }
    put(diagonal, i, h);
  }
  put(diagonal, 0, 0);
  put(off, 0, 0);
  for (let i = 0; i < d; i++) {
    const row = a + (<usize>(i * d) << 3);
    if (at(diagonal, i) != 0) {
      for (let j = 0; j < i; j++) {
        let sum: f64 = 0;
        for (let k = 0; k < i; k++) sum += at(row, k) * at(a, k * d + j);
        for (let k = 0; k < i; k++) put(a, k * d + j, at(a, k * d + j) - sum * at(a, k * d + i));
      }
    }
    put(diagonal, i, at(row, i));
    put(row, i, 1);
    for (let j = 0; j < i; j++) {
      put(a, j * d + i, 0);
      put(row, j, 0);
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function length(x: f64, y: f64): f64 {
  return sqrt<f64>(x * x + y * y);
}

/** QL with implicit shifts: the diagonal becomes the eigenvalues, and z (a row a vector) the eigenvectors. @param z f64[d][width], width even. */
export function iterateQl(z: usize, d: i32, width: i32, diagonal: usize, off: usize): void {
  const bytes = <usize>width << 3;
  for (let i = 1; i < d; i++) put(off, i - 1, at(off, i));
  put(off, d - 1, 0);
  for (let l = 0; l < d; l++) {
    for (let turn = 0; turn < 60; turn++) {
      let m = l;
      while (m < d - 1) {
        const around = Math.abs(at(diagonal, m)) + Math.abs(at(diagonal, m + 1));
        if (Math.abs(at(off, m)) <= f64.EPSILON * around) break;
        m++;
      }
      if (m == l) break;
      let g = (at(diagonal, l + 1) - at(diagonal, l)) / (2 * at(off, l));
      let r = length(g, 1);
      g = at(diagonal, m) - at(diagonal, l) + at(off, l) / (g + (g >= 0 ? r : -r));
      let s: f64 = 1;
      let c: f64 = 1;
      let p: f64 = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * at(off, i);
        const b = c * at(off, i);
        r = length(f, g);
        put(off, i + 1, r);
        if (r == 0) {
          put(diagonal, i + 1, at(diagonal, i + 1) - p);
          put(off, m, 0);
          break;
        }
        s = f / r;
        c = g / r;
        g = at(diagonal, i + 1) - p;
        r = (at(diagonal, i) - g) * s + 2 * c * b;
        p = s * r;
        put(diagonal, i + 1, g + p);
        g = c * r - b;
        const lowerRow = z + <usize>i * bytes;
        const upperRow = lowerRow + bytes;
        const sines = f64x2.splat(s);
        const cosines = f64x2.splat(c);
        for (let k: usize = 0; k < bytes; k += 16) {
          const upper = v128.load(upperRow + k);
          const lower = v128.load(lowerRow + k);
          v128.store(upperRow + k, f64x2.add(f64x2.mul(sines, lower), f64x2.mul(cosines, upper)));
          v128.store(lowerRow + k, f64x2.sub(f64x2.mul(cosines, lower), f64x2.mul(sines, upper)));
        }
      }
      if (r == 0 && i >= l) continue;
      put(diagonal, l, at(diagonal, l) - p);
      put(off, l, g);
      put(off, m, 0);
    }
  }
}
