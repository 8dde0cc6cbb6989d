// Little-endian samples of one or two channels as mono float32, four or eight at a time. Whatever lies behind the last frame up to a whole register is read, and its
// results are written: buffers have that room. Integers are taken over their full scale, and the mean of two channels is a float32 sum, halved.

/** Where the caller may lay out its data: nothing of the module's own lies behind. */
export const dataStart: usize = __heap_base;

const FROM_16: f32 = 1.0 / 32768.0;
const FROM_32: f32 = 1.0 / 2147483648.0;

/** Four 24-bit integers in the upper three bytes of 32 each. */
@inline
function widen(bytes: v128): v128 {
  return v128.swizzle(bytes, i8x16(16, 0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11));
}

@inline
function scaled(integers: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(integers), f32x4.splat(FROM_32));
}

/** The means of four frames: left and right in turn. */
@inline
function means(first: v128, second: v128): v128 {
  const sum = f32x4.add(v128.shuffle<f32>(first, second, 0, 2, 4, 6), v128.shuffle<f32>(first, second, 1, 3, 5, 7));
  return f32x4.mul(sum, f32x4.splat(0.5));
}

export function mono16(input: usize, output: usize, frames: i32): void {
  const factor = f32x4.splat(FROM_16);
  for (let i = 0; i < frames; i += 8) {
    const x = v128.load(input);
    v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(x)), factor));
    v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(x)), factor), 16);
    input += 16;
    output += 32;
  }
}

/** The sum of two 16-bit integers is exact in float32, and so is its half. */
export function stereo16(input: usize, output: usize, frames: i32): void {
  const factor = f32x4.splat(FROM_16 * 0.5);
  for (let i = 0; i < frames; i += 4) {
    v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extadd_pairwise_i16x8_s(v128.load(input))), factor));
    input += 16;
    output += 16;
  }
}

export function mono24(input: usize, output: usize, frames: i32): void {
  for (let i = 0; i < frames; i += 4) {
    v128.store(output, scaled(widen(v128.load(input))));
    input += 12;
    output += 16;
  }
}

export function stereo24(input: usize, output: usize, frames: i32): void {
  for (let i = 0; i < frames; i += 4) {
    v128.store(output, means(scaled(widen(v128.load(input))), scaled(widen(v128.load(input, 12)))));
    input += 24;
    output += 16;
  }
}

export function mono32(input: usize, output: usize, frames: i32): void {
  for (let i = 0; i < frames; i += 4) {
    v128.store(output, scaled(v128.load(input)));
    input += 16;
    output += 16;
  }
}

export function stereo32(input: usize, output: usize, frames: i32): void {
  for (let i = 0; i < frames; i += 4) {
    v128.store(output, means(scaled(v128.load(input)), scaled(v128.load(input, 16))));
    input += 32;
    output += 16;
  }
}

export function stereoFloat(input: usize, output: usize, frames: i32): void {
  for (let i = 0; i < frames; i += 4) {
    v128.store(output, means(v128.load(input), v128.load(input, 16)));
    input += 32;
    output += 16;
  }
}
