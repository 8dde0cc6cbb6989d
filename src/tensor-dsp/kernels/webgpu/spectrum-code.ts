import type { GpuBackend } from '../../../web-gpu.js';
import type { SpectrumOffsets } from './spectrum-tables.js';

/** Integers that a track has in the table of tracks: see `TRACK`. */
export const TRACK_INTEGERS = 8;

/** Places in a track's entry. */
export const TRACK = {
  /** Its first sample in the buffer of samples, and how many it has there. */
  sampleStart: 0,
  sampleCount: 1,
  /** Where its first frame begins, in samples from its first one there: negative where that frame hangs over the track's start. */
  origin: 2,
  /** Its first frame's place among the batch's, and how many it has there. */
  firstSlot: 3,
  slotCount: 4,
  /** That frame's number within the track, and the track's frames in all. */
  firstFrame: 5,
  totalFrames: 6,
} as const;

/** How a program is laid out over a workgroup. */
export interface SpectrumLayout {
  /** Invocations of a workgroup, one workgroup a frame. */
  readonly workgroupSize: number;
  readonly code: string;
}

/** Bytes of workgroup memory that a frame's transform takes: a device may offer less, 16 384 at the least. */
export function spectrumWorkgroupBytes(nFft: number): number {
  return 4 * nFft + 16 * (spectrumWorkgroupSize(nFft) + 16);
}

/** Whether frames of this length are transformed on a device: by powers of two, within its workgroups' memory. */
export function gpuSpectrumSupports(nFft: number, { device: { limits } }: GpuBackend): boolean {
  return nFft >= 16 && nFft <= 4096 && (nFft & (nFft - 1)) === 0 && spectrumWorkgroupBytes(nFft) <= limits.maxComputeWorkgroupStorageSize;
}

/** A butterfly of four points an invocation, within what every device allows. */
export function spectrumWorkgroupSize(nFft: number): number {
  return Math.min(Math.max(nFft / 8, 64), 256);
}

/**
 * WGSL for one frame's power spectrum by a whole workgroup: `spectrum` leaves the powers of all bins in `work`, and those of bins t, t + W, … with
 * invocation t. As `powerOfFrames`, each frame is transformed as it is and as its second difference.
 *
 * Real samples are packed in pairs into a complex transform of half the length (Stockham's, radix 4, in workgroup memory).
 *
 * @param at    where the tables begin in the input `floats`.
 * @param pcm16 the input `samples` has 16-bit integers, two to a word, 32768 to the full scale.
 */
export function spectrumLayout(nFft: number, at: SpectrumOffsets, pcm16: boolean): SpectrumLayout {
  const points = nFft / 2;
  const size = spectrumWorkgroupSize(nFft);
  const perInvocation = Math.max(1, points / size);
  const code = `
const N = ${nFft};
const M = ${points};
const W = ${size};
const PER = ${perInvocation};
var<workgroup> work : array<f32, ${2 * points}>;
var<workgroup> scratch : array<vec4<f32>, ${size + 16}>;

// The sum over all invocations of the workgroup, for each of them, always added up in the same order.
fn sumAll(t : i32, value : vec4<f32>) -> vec4<f32> {
  scratch[t] = value;
  workgroupBarrier();
  if (t < 16) {
    var part = scratch[t * ${size / 16}];
    for (var i = 1; i < ${size / 16}; i++) { part += scratch[t * ${size / 16} + i]; }
    scratch[W + t] = part;
  }
  workgroupBarrier();
  var total = scratch[W];
  for (var i = 1; i < 16; i++) { total += scratch[W + i]; }
  return total;
}

fn maxAll(t : i32, value : f32) -> f32 {
  scratch[t].x = value;
  workgroupBarrier();
  if (t < 16) {
    var part = scratch[t * ${size / 16}].x;
    for (var i = 1; i < ${size / 16}; i++) { part = max(part, scratch[t * ${size / 16} + i].x); }
    scratch[W + t].x = part;
  }
  workgroupBarrier();
  var total = scratch[W].x;
  for (var i = 1; i < 16; i++) { total = max(total, scratch[W + i].x); }
  return total;
}

fn sampleAt(i : i32, first : i32, count : i32) -> f32 {
  if (i < 0 || i >= count) { return 0.0; }
  ${pcm16 ? 'let place = first + i;\n  return f32(extractBits(samples[place >> 1u], u32(place & 1) * 16u, 16u)) / 32768.0;' : 'return samples[first + i];'}
}

fn root(q : i32) -> vec4<f32> {
  let place = ${at.roots} + 4 * q;
  return vec4<f32>(floats[place], floats[place + 1], floats[place + 2], floats[place + 3]);
}
// Roots that are float32 alone would cost half the accuracy of the quietest bins.
fn turn(a : vec2<f32>, w : vec4<f32>) -> vec2<f32> {
  return vec2<f32>(a.x * w.x - a.y * w.y, a.x * w.y + a.y * w.x) + vec2<f32>(a.x * w.z - a.y * w.w, a.x * w.w + a.y * w.z);
}
fn point(j : i32) -> vec2<f32> { return vec2<f32>(work[j], work[M + j]); }
fn setPoint(j : i32, value : vec2<f32>) { work[j] = value.x; work[M + j] = value.y; }

fn transform(t : i32) {
  workgroupBarrier();
${passes(points, size)}
}

// |X[k]|^2 of the real transform, from the complex one of half the length.
fn binPower(k : i32) -> f32 {
  let a = point(k);
  let b = point((M - k) & (M - 1));
  let even = vec2<f32>(a.x + b.x, a.y - b.y);
  let odd = turn(vec2<f32>(a.y + b.y, b.x - a.x), root(k));
  let x = 0.5 * (even + odd);
  return dot(x, x);
}
fn topPower() -> f32 { let x = work[0] - work[M]; return x * x; }

// Returns the sums of squares of the frame's windowed samples, of their second difference and of its plain samples, and how often the sign changes.
fn spectrum(t : i32, frame : i32, first : i32, count : i32, own : ptr<function, array<f32, PER>>) -> vec4<f32> {
  var difference : array<vec2<f32>, PER>;
  var sums = vec4<f32>(0.0);
  for (var i = 0; i < PER; i++) {
    let j = t + i * W;
    if (j < M) {
      let n = 2 * j;
      let x = sampleAt(frame + n, first, count);
      let y = sampleAt(frame + n + 1, first, count);
      var before = 0.0;
      if (n > 0) { before = sampleAt(frame + n - 1, first, count); }
      var after = 0.0;
      if (n + 2 < N) { after = sampleAt(frame + n + 2, first, count); }
      let windowed = vec2<f32>(x * floats[${at.window} + n], y * floats[${at.window} + n + 1]);
      setPoint(j, windowed);
      var d = vec2<f32>(
        ((y - x) - (x - before)) * floats[${at.window} + n] + (y - before) * floats[${at.slope} + n] + y * floats[${at.bend} + n],
        ((after - y) - (y - x)) * floats[${at.window} + n + 1] + (after - x) * floats[${at.slope} + n + 1] + after * floats[${at.bend} + n + 1]);
      sums += vec4<f32>(dot(windowed, windowed), dot(d, d), x * x + y * y, 0.0);
      // The difference wraps around: sample 0 follows the last, whose windowed value it lacks.
      if (j == 0) { d.x += sampleAt(frame + N - 1, first, count) * floats[${at.window} + N - 1]; }
      difference[i] = d;
      // Changes into a sample count within the track, from its second sample on; the frame's first has none before it.
      let inside = frame + n;
      if (n > 0 && inside > 0 && inside < count && (x < -1e-10) != (before < -1e-10)) { sums.w += 1.0; }
      if (inside + 1 > 0 && inside + 1 < count && (y < -1e-10) != (x < -1e-10)) { sums.w += 1.0; }
    }
  }
  let energies = sumAll(t, sums);
  let ratio = energies.x / max(energies.y, 1e-30);
  transform(t);
  for (var i = 0; i < PER; i++) {
    let k = t + i * W;
    if (k < M) { (*own)[i] = binPower(k); }
  }
  var top = topPower();
  workgroupBarrier();
  for (var i = 0; i < PER; i++) {
    let j = t + i * W;
    if (j < M) { setPoint(j, difference[i]); }
  }
  transform(t);
  for (var i = 0; i < PER; i++) {
    let k = t + i * W;
    if (k < M) { (*own)[i] = ((*own)[i] + ratio * binPower(k)) / (1.0 + ratio * floats[${at.gainSquared} + k]); }
  }
  top = (top + ratio * topPower()) / (1.0 + ratio * floats[${at.gainSquared} + M]);
  workgroupBarrier();
  for (var i = 0; i < PER; i++) {
    let k = t + i * W;
    if (k < M) { work[k] = (*own)[i]; }
  }
  if (t == 0) { work[M] = top; }
  workgroupBarrier();
  return energies;
}
`;
  return { workgroupSize: size, code };
}

/** The passes of a Stockham transform of `points` points: radix 4, and a last one of radix 2 where that is left. Each reads all, waits, and writes all. */
function passes(points: number, size: number): string {
  const lines: string[] = [];
  let done = 1;
  while (done < points) {
    const radix = points / done >= 4 ? 4 : 2;
    const butterflies = points / radix;
    const each = Math.max(1, butterflies / size);
    const stride = (2 * points) / (radix * done); // of the roots, which are those of twice as many points
    const store: string[] = [];
    for (let u = 0; u < each; u++) {
      const j = `j${done}_${u}`;
      const a = `a${done}_${u}_`;
      lines.push(`  let ${j} = ${butterflies < size ? `min(t, ${butterflies - 1})` : `t + ${u * size}`};`, `  let k${j} = ${j} & ${done - 1};`);
      for (let r = 0; r < radix; r++) {
        const input = `point(${j} + ${r * butterflies})`;
        lines.push(`  let ${a}${r} = ${r === 0 || done === 1 ? input : `turn(${input}, root(k${j} * ${r * stride}))`};`);
      }
      store.push(`  let o${j} = (${j} - k${j}) * ${radix} + k${j};`, ...butterfly(radix, a, `o${j}`, done));
    }
    lines.push('  workgroupBarrier();');
    if (butterflies < size) lines.push(`  if (t < ${butterflies}) {`, ...store, '  }');
    else lines.push(...store);
    lines.push('  workgroupBarrier();');
    done *= radix;
  }
  return lines.join('\n');
}

function butterfly(radix: number, a: string, out: string, stride: number): string[] {
  const set = (r: number, value: string): string => `  setPoint(${out} + ${r * stride}, ${value});`;
  if (radix === 2) return [set(0, `${a}0 + ${a}1`), set(1, `${a}0 - ${a}1`)];
  return [
    `  let ${a}p = ${a}0 + ${a}2;`,
    `  let ${a}q = ${a}0 - ${a}2;`,
    `  let ${a}r = ${a}1 + ${a}3;`,
    `  let ${a}s = ${a}1 - ${a}3;`,
    set(0, `${a}p + ${a}r`),
    set(1, `vec2<f32>(${a}q.x + ${a}s.y, ${a}q.y - ${a}s.x)`),
    set(2, `${a}p - ${a}r`),
    set(3, `vec2<f32>(${a}q.x - ${a}s.y, ${a}q.y + ${a}s.x)`),
  ];
}
