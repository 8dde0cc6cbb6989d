// The encoder of previews; sound-encoder.ts says what it writes, band-steps.ts, bit-budget.ts, magnitude-model.ts and rice.ts say why: their numbers stand here again.
// A twin in plain TypeScript, test/report/codec/plain-encoder.ts, holds this to the byte.

import { FRAME, lappedTransform } from './transform';

const BANDS: i32 = 25;
const EDGES = memory.data<u32>([0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 76, 88, 104, 120, 140, 164, 192, 224, 264, 312, 368, 436, 512]);
const WIDTHS = memory.data<i32>([2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6]);
const levels = memory.data(25 * 4);
const before = memory.data(25 * 4);
const steps = memory.data(25 * 4);
const differences = memory.data(25 * 4);

const LOWEST: i32 = -6;
const HIGHEST: i32 = 18;
/** Half a number, times the square root of two for every level. */
const FIRST_MEANS = memory.data<i32>([256, 362, 512, 724, 1024, 1448, 2048, 2896, 4096, 5793, 8192, 11585, 16384, 23170, 32768, 46341, 65536, 92682, 131072, 185364, 262144, 370728, 524288, 741455, 1048576]);
const means = memory.data(25 * 4);

/** Where the caller may lay out its data: nothing of the module's own lies behind. */
export const dataStart: usize = (heap.alloc(64) + 63) & ~63;

/** Added before cutting to whole numbers: less than a half, as a smaller number costs fewer bits. */
const ROUNDING: f64 = 0.4;

// --- bits

let output: usize = 0;
let start: usize = 0;
let pending: u64 = 0;
let count: u32 = 0;

// @ts-ignore: a decorator of AssemblyScript
@inline
function write(value: u32, bits: u32): void {
  pending = (pending << bits) | value;
  count += bits;
  if (count >= 32) {
    count -= 32;
    store<u32>(output, bswap<u32>(<u32>(pending >> count)));
    output += 4;
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function bitsWritten(): u32 {
  return <u32>((output - start) << 3) + count;
}

/** A Rice code and `tail` bits behind it. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function writeRice(number: u32, k: u32, last: u32, tail: u32): void {
  const high = number >> k;
  if (high < 14) {
    write((((((2 << high) - 2) << k) | (number & ((1 << k) - 1))) << tail) | last, high + 1 + k + tail);
  } else {
    write((1 << 14) - 1, 14);
    write(number, 20);
    write(last, tail);
  }
}

// --- the steps of a frame

/**
 * Marks the frames with an attack, whose noise must not be spread over the silence before it: the power of the signal's difference, in which attacks stand out, is over
 * 3 ms eight times what it was. An ear forgets within some 20 ms; what is below -64 dB of full scale is no attack.
 */
function findAttacks(x: usize, isShort: usize, frames: usize): void {
  memory.fill(isShort, 0, frames);
  let past = f64.MAX_VALUE;
  let sample: f64 = 0;
  const end = frames * FRAME;
  for (let from: usize = 0; from < end; from += 64) {
    const to = x + ((from + 64) << 3);
    const first = x + (from << 3);
    const rise = load<f64>(first) - sample;
    let sums = f64x2.replace_lane(f64x2.splat(0), 0, rise * rise);
    for (let i = first + 8; i < to - 8; i += 16) {
      const difference = f64x2.sub(v128.load(i), v128.load(i - 8));
      sums = f64x2.add(sums, f64x2.mul(difference, difference));
    }
    sample = load<f64>(to - 8);
    const lastRise = sample - load<f64>(to - 16);
    const power = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1) + lastRise * lastRise;
    if (power > 8 * past + 64 * 400) {
      store<u8>(isShort + from / FRAME, 1);
      // One at a frame's beginning is in the overlap with the frame before.
      if (from > 0) store<u8>(isShort + (from - 64) / FRAME, 1);
    }
    past = from == 0 ? power : max(power, 0.7 * past);
  }
}

function measureLevels(x: usize): void {
  for (let band: usize = 0; band < <usize>BANDS; band++) {
    const from = load<u32>(EDGES + (band << 2));
    const to = load<u32>(EDGES + (band << 2), 4);
    let sum = f64x2.splat(0);
    for (let i = from; i < to; i += 2) {
      const value = v128.load(x + (i << 3));
      sum = f64x2.add(sum, f64x2.mul(value, value));
    }
    const power = (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)) / <f64>(to - from);
    // The exponent, and one more from the square root of 2 on: log2, rounded.
    const bits = reinterpret<u64>(power);
    const level = <i32>(bits >> 52) - 1023 + <i32>((bits & 0xfffffffffffff) > 0x6a09e667f3bcc);
    store<i32>(levels + (band << 2), power < 1 ? 0 : level);
  }
}

function writeLevels(): void {
  let cost0: i32 = 0, cost1: i32 = 0, cost2: i32 = 0, cost3: i32 = 0;
  let drift: i32 = 0;
  for (let at: usize = 0; at < <usize>BANDS << 2; at += 4) {
    const risen = load<i32>(levels + at) - load<i32>(before + at);
    const difference = risen - (drift >> 1);
    drift = risen;
    const number = difference >= 0 ? 2 * difference : -2 * difference - 1;
    store<i32>(differences + at, number);
    cost0 += number + 1;
    cost1 += (number >> 1) + 2;
    cost2 += (number >> 2) + 3;
    cost3 += (number >> 3) + 4;
  }
  let best: u32 = 0;
  let least = cost0;
  if (cost1 < least) { best = 1; least = cost1; }
  if (cost2 < least) { best = 2; least = cost2; }
  if (cost3 < least) best = 3;
  write(best, 2);
  for (let at: usize = 0; at < <usize>BANDS << 2; at += 4) writeRice(load<i32>(differences + at), best, 0, 0);
  memory.copy(before, levels, BANDS << 2);
}

function bandSteps(coarser: i32): void {
  let reach: i32 = -1000;
  for (let at: usize = 0; at < <usize>BANDS << 2; at += 4) {
    reach = max(reach - 3, load<i32>(levels + at) + load<i32>(WIDTHS + at));
    store<i32>(steps + at, reach);
  }
  reach = -1000;
  for (let at: isize = (BANDS - 1) << 2; at >= 0; at -= 4) {
    reach = max(reach - 8, load<i32>(steps + at));
    const eighths = 8 * (reach - load<i32>(WIDTHS + at)) - 24 - 2 * (load<i32>(levels + at) - 20);
    store<i32>(steps + at, max(2, (eighths >> 3) + coarser));
  }
}

function coarserBy(frame: usize): i32 {
  const over = <i32>bitsWritten() - 10000 - <i32>frame * 1300;
  return over <= 0 ? 0 : (over + 2999) / 3000;
}

function writeBand(x: usize, band: usize, above: i32, step: i32): void {
  const from = load<u32>(EDGES + (band << 2));
  const to = load<u32>(EDGES + (band << 2), 4);
  // 2^(-step / 2)
  const scale = reinterpret<f64>(<u64>(1023 - ((step + 1) >> 1)) << 52) * (step & 1 ? Math.SQRT2 : 1);
  const place = means + ((min(HIGHEST, max(LOWEST, above)) - LOWEST) << 2);
  const mean = load<i32>(place);
  const isSparse = mean < 2048;
  const expected: f64 = isSparse ? <f64>((4096 * 4096) / mean) : <f64>mean;
  let k: u32 = 0;
  for (let reach: f64 = 1.4 * 4096; expected > reach && k < 9; reach *= 2) k++;
  let sum: i32 = 0;
  const end = x + (to << 3);
  if (isSparse) {
    let run: u32 = 0;
    for (let i = x + (from << 3); i < end; i += 8) {
      const value = load<f64>(i) * scale;
      const number = <i32>(abs(value) + ROUNDING);
      if (number == 0) {
        run++;
        continue;
      }
      sum += number;
      writeRice(run, k, 0, 0);
      run = 0;
      writeRice(number - 1, 0, <u32>(value < 0), 1);
    }
    if (run > 0) writeRice(run, k, 0, 0);
  } else {
    for (let i = x + (from << 3); i < end; i += 8) {
      const value = load<f64>(i) * scale;
      const number = <i32>(abs(value) + ROUNDING);
      sum += number;
      const isOther = <u32>(number != 0);
      writeRice(number, k, <u32>(value < 0) & isOther, isOther);
    }
  }
  const coefficients = <i32>(to - from);
  const seen = (min(sum, 1 << 18) * 4096) / coefficients;
  store<i32>(place, max(16, mean + ((seen - mean) * coefficients) / 128));
}

/**
 * @param samples `length` floats, and room for whole frames.
 * @param x       room for `frames` * 512 doubles.
 * @param isShort room for `frames` bytes.
 * @param bytes   room for the result.
 * @returns its length.
 */
export function encode(samples: usize, length: u32, x: usize, isShort: usize, frames: u32, bytes: usize): u32 {
  // Whole frames, a frame's worth of samples behind the sound being silent.
  const samplesEnd = samples + (<usize>length << 2);
  const frameEnd = samples + ((frames * FRAME) << 2);
  memory.fill(samplesEnd, 0, frameEnd - samplesEnd);
  let to = x;
  for (let from = samples; from < frameEnd; from += 16, to += 32) {
    const loaded = v128.load(from);
    const finite = v128.and(loaded, f32x4.lt(f32x4.abs(loaded), f32x4.splat(<f32>Infinity)));
    const clipped = f32x4.mul(f32x4.max(f32x4.min(finite, f32x4.splat(1)), f32x4.splat(-1)), f32x4.splat(32768));
    v128.store(to, f64x2.promote_low_f32x4(clipped));
    v128.store(to + 16, f64x2.promote_low_f32x4(v128.shuffle<u32>(clipped, clipped, 2, 3, 2, 3)));
  }
  findAttacks(x, isShort, frames);
  lappedTransform(x, isShort, frames);
  memory.fill(before, 0, BANDS << 2);
  memory.copy(means, FIRST_MEANS, 25 << 2);
  start = bytes;
  output = bytes;
  pending = 0;
  count = 0;
  write(length, 24);
  for (let frame: usize = 0; frame < frames; frame++) {
    const offset = x + ((frame * FRAME) << 3);
    write(load<u8>(isShort + frame), 1);
    measureLevels(offset);
    writeLevels();
    bandSteps(coarserBy(frame));
    for (let band: usize = 0; band < <usize>BANDS; band++) {
      const level = load<i32>(levels + (band << 2));
      const step = load<i32>(steps + (band << 2));
      if (level > 0) writeBand(offset, band, level - step, step);
    }
  }
  while (count > 0) {
    const taken = min(count, 8);
    store<u8>(output++, <u8>((pending >> (count - taken)) << (8 - taken)));
    count -= taken;
  }
  return <u32>(output - start);
}
