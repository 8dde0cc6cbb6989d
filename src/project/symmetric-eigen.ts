/** Eigenvalues, largest first, and their eigenvectors as rows. */
export interface SymmetricEigen {
  /** [d] */
  readonly values: Float64Array;
  /** [d * d], row i belongs to values[i], length 1. */
  readonly vectors: Float64Array;
}

/** Householder's reduction to tridiagonal form: a becomes the transformation, diagonal and off the result. */
function tridiagonalise(a: Float64Array, d: number, diagonal: Float64Array, off: Float64Array): void {
  for (let i = d - 1; i > 0; i--) {
    let h = 0;
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(a[i * d + k]!);
    if (i === 1 || scale === 0) {
      off[i] = a[i * d + i - 1]!;
      diagonal[i] = 0;
      continue;
    }
    for (let k = 0; k < i; k++) {
      a[i * d + k]! /= scale;
      h += a[i * d + k]! * a[i * d + k]!;
    }
    const f = a[i * d + i - 1]!;
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    off[i] = scale * g;
    h -= f * g;
    a[i * d + i - 1] = f - g;
    let dot = 0;
    for (let j = 0; j < i; j++) {
      a[j * d + i] = a[i * d + j]! / h;
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += a[j * d + k]! * a[i * d + k]!;
      for (let k = j + 1; k < i; k++) sum += a[k * d + j]! * a[i * d + k]!;
      off[j] = sum / h;
      dot += off[j]! * a[i * d + j]!;
    }
    const half = dot / (h + h);
    for (let j = 0; j < i; j++) {
      const fj = a[i * d + j]!;
      const gj = off[j]! - half * fj;
      off[j] = gj;
      for (let k = 0; k <= j; k++) a[j * d + k]! -= fj * off[k]! + gj * a[i * d + k]!;
    }
    diagonal[i] = h;
  }
  diagonal[0] = 0;
  off[0] = 0;
  for (let i = 0; i < d; i++) {
    if (diagonal[i] !== 0) {
      for (let j = 0; j < i; j++) {
        let sum = 0;
        for (let k = 0; k < i; k++) sum += a[i * d + k]! * a[k * d + j]!;
        for (let k = 0; k < i; k++) a[k * d + j]! -= sum * a[k * d + i]!;
      }
    }
    diagonal[i] = a[i * d + i]!;
    a[i * d + i] = 1;
    for (let j = 0; j < i; j++) {
      a[j * d + i] = 0;
      a[i * d + j] = 0;
    }
  }
}

/** Math.hypot rounds differently from engine to engine, and the sizes here need no care for overflow. */
function lengthOf(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** QL with implicit shifts: the diagonal becomes the eigenvalues, and z (transposed: a row a vector) the eigenvectors. */
function iterateQl(z: Float64Array, d: number, diagonal: Float64Array, off: Float64Array): void {
  for (let i = 1; i < d; i++) off[i - 1] = off[i]!;
  off[d - 1] = 0;
  for (let l = 0; l < d; l++) {
    // 30 turns are never reached on finite input; the bound keeps a NaN from turning for ever.
    for (let turn = 0; turn < 60; turn++) {
      let m = l;
      while (m < d - 1) {
        const around = Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!);
        if (Math.abs(off[m]!) <= Number.EPSILON * around) break;
        m++;
      }
      if (m === l) break;
      let g = (diagonal[l + 1]! - diagonal[l]!) / (2 * off[l]!);
      let r = lengthOf(g, 1);
      g = diagonal[m]! - diagonal[l]! + off[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * off[i]!;
        const b = c * off[i]!;
        r = lengthOf(f, g);
        off[i + 1] = r;
        if (r === 0) {
          diagonal[i + 1]! -= p;
          off[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = diagonal[i + 1]! - p;
        r = (diagonal[i]! - g) * s + 2 * c * b;
        p = s * r;
        diagonal[i + 1] = g + p;
        g = c * r - b;
        for (let k = 0; k < d; k++) {
          const upper = z[(i + 1) * d + k]!;
          const lower = z[i * d + k]!;
          z[(i + 1) * d + k] = s * lower + c * upper;
          z[i * d + k] = c * lower - s * upper;
        }
      }
      if (r === 0 && i >= l) continue;
      diagonal[l]! -= p;
      off[l] = g;
      off[m] = 0;
    }
  }
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix, in float64.
 *
 * @param matrix [d * d], symmetric, finite. Not changed.
 * @see Wilkinson & Reinsch 1971, tred2 and tql2; Press et al. 2007, ch. 11
 */
export function symmetricEigen(matrix: Float64Array, d: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const diagonal = new Float64Array(d);
  const off = new Float64Array(d);
  tridiagonalise(a, d, diagonal, off);
  // A row a vector, so that the rotations run along memory.
  const z = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) z[j * d + i] = a[i * d + j]!;
  iterateQl(z, d, diagonal, off);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const vectors = new Float64Array(d * d);
  order.forEach((from, to) => vectors.set(z.subarray(from * d, (from + 1) * d), to * d));
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}
