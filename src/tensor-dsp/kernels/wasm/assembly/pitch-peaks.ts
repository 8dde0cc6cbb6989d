/**
 * Peaks of a power spectrum between two bins, at a tenth of its largest value and above: pairs of f32 (Hz, height) from `out` on.
 *
 * @returns how many.
 */
export function pitchPeaks(power: usize, firstBin: i32, lastBin: i32, largest: f32, rate: f64, nFft: i32, out: usize): i32 {
  const floors = f32x4.splat(largest * <f32>0.1);
  let count = 0;
  for (let k = firstBin; k <= lastBin; k += 4) {
    const at = power + ((<usize>k) << 2);
    const here = v128.load(at);
    const high = f32x4.gt(here, floors);
    if (!v128.any_true(high)) continue;
    let mask = i32x4.bitmask(v128.and(high, v128.and(f32x4.gt(here, v128.load(at - 4)), f32x4.ge(here, v128.load(at, 4)))));
    while (mask !== 0) {
      const bin = k + ctz(mask);
      mask &= mask - 1;
      if (bin > lastBin) break;
      const p = power + ((<usize>bin) << 2);
      const left = load<f32>(p - 4);
      const middle = load<f32>(p);
      const right = load<f32>(p, 4);
      const curvature = left + right - 2 * middle;
      const slope = (right - left) * <f32>0.5;
      const shift: f32 = Mathf.abs(slope) < Mathf.abs(curvature) ? -slope / curvature : 0;
      store<f32>(out + ((<usize>count) << 3), <f32>(((<f64>bin + <f64>shift) * rate) / <f64>nFft));
      store<f32>(out + ((<usize>count) << 3), middle + <f32>0.5 * slope * shift, 4);
      count++;
    }
  }
  return count;
}
