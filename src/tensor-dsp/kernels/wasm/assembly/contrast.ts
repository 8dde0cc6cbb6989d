/**
 * Means of the `count` largest and of the `count` smallest magnitudes of each band.
 *
 * A short sorted list is kept of each. Spectra fall with frequency, so the largest are looked for from below and the smallest from above: most of the
 * rest then fails against the list four at a time.
 *
 * @param bandTable a band: i32 start, end, count, 0
 * @param list      scratch, f32[largest count]
 * @param out       f32[2 nBands]: peaks, then valleys
 */
export function contrast(magnitudes: usize, bandTable: usize, nBands: i32, list: usize, out: usize): void {
  for (let band = 0; band < nBands; band++) {
    const entry = bandTable + ((<usize>band) << 4);
    const start = magnitudes + ((<usize>load<i32>(entry)) << 2);
    const end = magnitudes + ((<usize>load<i32>(entry, 4)) << 2);
    const count = load<i32>(entry, 8);
    store<f32>(out + ((<usize>band) << 2), meanOfLargest(start, end, list, count));
    store<f32>(out + ((<usize>(nBands + band)) << 2), meanOfSmallest(start, end, list, count));
  }
}

/** `list` rises: its first is the one to beat. */
function meanOfLargest(start: usize, end: usize, list: usize, count: i32): f32 {
  for (let i = 0; i < count; i++) store<f32>(list + ((<usize>i) << 2), -1);
  let beaten: f32 = -1;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    let mask = i32x4.bitmask(f32x4.gt(v128.load(at), f32x4.splat(beaten)));
    while (mask !== 0) {
      offerLarge(load<f32>(at + ((<usize>ctz(mask)) << 2)), list, count);
      mask &= mask - 1;
      beaten = load<f32>(list);
    }
  }
  for (; at < end; at += 4) offerLarge(load<f32>(at), list, count);
  return meanOf(list, count);
}

/** `list` falls: its first is the one to beat. */
function meanOfSmallest(start: usize, end: usize, list: usize, count: i32): f32 {
  for (let i = 0; i < count; i++) store<f32>(list + ((<usize>i) << 2), f32.MAX_VALUE);
  let beaten: f32 = f32.MAX_VALUE;
  let at = end;
  for (; at >= start + 16; at -= 16) {
    let mask = i32x4.bitmask(f32x4.lt(v128.load(at - 16), f32x4.splat(beaten)));
    while (mask !== 0) {
      offerSmall(load<f32>(at - 16 + ((<usize>ctz(mask)) << 2)), list, count);
      mask &= mask - 1;
      beaten = load<f32>(list);
    }
  }
  for (; at > start; at -= 4) offerSmall(load<f32>(at - 4), list, count);
  return meanOf(list, count);
}

@inline
function meanOf(list: usize, count: i32): f32 {
  let sum: f32 = 0;
  for (let i = 0; i < count; i++) sum += load<f32>(list + ((<usize>i) << 2));
  return sum / <f32>count;
}

/** Puts a value into the rising list where it beats the first. */
@inline
function offerLarge(value: f32, list: usize, count: i32): void {
  if (!(value > load<f32>(list))) return;
  let at = list;
  const last = list + ((<usize>(count - 1)) << 2);
  while (at < last && load<f32>(at, 4) < value) {
    store<f32>(at, load<f32>(at, 4));
    at += 4;
  }
  store<f32>(at, value);
}

/** Puts a value into the falling list where it beats the first. */
@inline
function offerSmall(value: f32, list: usize, count: i32): void {
  if (!(value < load<f32>(list))) return;
  let at = list;
  const last = list + ((<usize>(count - 1)) << 2);
  while (at < last && load<f32>(at, 4) > value) {
    store<f32>(at, load<f32>(at, 4));
    at += 4;
  }
  store<f32>(at, value);
}
