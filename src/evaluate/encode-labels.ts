/** Labels renamed to 0, 1, 2, … in the order of their numbers. */
export interface EncodedLabels {
  /** [n] */
  readonly codes: Int32Array;
  /** [clusters], how often each occurs, >= 1. */
  readonly counts: Float64Array;
}

/** @see scikit-learn `LabelEncoder` */
export function encodeLabels(labels: ArrayLike<number>): EncodedLabels {
  const values = Array.from(new Set(Array.from(labels))).sort((a, b) => a - b);
  const codeOf = new Map(values.map((value, code) => [value, code]));
  const codes = new Int32Array(labels.length);
  const counts = new Float64Array(values.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codeOf.get(labels[i]!)!;
    codes[i] = code;
    counts[code]! += 1;
  }
  return { codes, counts };
}
