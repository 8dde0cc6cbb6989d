/** What is told by the samples themselves: their level, and how often they change sign. */
import { sumLanes } from './log2';

/**
 * Where the sign changes, a bit a sample: bit i says that samples i - 1 and i differ. Magnitudes up to 1e-10 are zero, and positive.
 *
 * @param samples f32[length], read up to a multiple of 64
 * @param first   the track's first sample, at which nothing changes
 * @param end     one past its last
 * @param changes u64[length / 64 + 1]
 */
export function markCrossings(samples: usize, length: i32, first: i32, end: i32, changes: usize): void {
  let before: u64 = 0;
  const floor = f32x4.splat(-1e-10);
  let at = samples;
  for (let i = 0; i < length; i += 64) {
    let signs: u64 = 0;
    for (let shift: u64 = 0; shift < 64; shift += 16, at += 64) {
      const low = i16x8.narrow_i32x4_s(f32x4.lt(v128.load(at), floor), f32x4.lt(v128.load(at, 16), floor));
      const high = i16x8.narrow_i32x4_s(f32x4.lt(v128.load(at, 32), floor), f32x4.lt(v128.load(at, 48), floor));
      signs |= (<u64>(<u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)))) << shift;
    }
    let change = signs ^ ((signs << 1) | before);
    before = signs >> 63;
    // The track's first sample has none before it, and beyond its end there is nothing to hear.
    if (i <= first) change &= first - i >= 63 ? 0 : ~<u64>0 << <u64>(first - i + 1);
    if (i + 64 > end) change &= i >= end ? 0 : (<u64>1 << <u64>(end - i)) - 1;
    store<u64>(changes + ((<usize>i) >> 3), change);
  }
}

/** Changes between the samples from … to, both included. */
export function countCrossings(changes: usize, from: i32, to: i32): i32 {
  let word = (from + 1) >> 6;
  const last = to >> 6;
  let bits = wordAt(changes, word) & (~<u64>0 << <u64>((from + 1) & 63));
  let count: u64 = 0;
  for (; word < last; bits = wordAt(changes, ++word)) count += popcnt<u64>(bits);
  return <i32>(count + popcnt<u64>(bits & (~<u64>0 >> <u64>(63 - (to & 63)))));
}

@inline
function wordAt(changes: usize, word: i32): u64 {
  return load<u64>(changes + ((<usize>word) << 3));
}

/** Sum of squares. */
export function energy(samples: usize, count: i32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let at = samples;
  for (const end = samples + ((<usize>(count & ~7)) << 2); at < end; at += 32) {
    const x = v128.load(at);
    const y = v128.load(at, 16);
    a = f32x4.add(a, f32x4.mul(x, x));
    b = f32x4.add(b, f32x4.mul(y, y));
  }
  let sum = sumLanes(f32x4.add(a, b));
  for (let i = count & 7; i > 0; i--, at += 4) sum += load<f32>(at) * load<f32>(at);
  return sum;
}
