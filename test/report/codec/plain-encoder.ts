import { BAND_EDGES, BANDS, bandSteps, FRAME } from '../../../src/report/codec/band-steps.js';
import { coarserBy } from '../../../src/report/codec/bit-budget.js';
import { lappedTransform } from '../../../src/report/codec/lapped-transform.js';
import { MagnitudeModel, type BandCode } from '../../../src/report/codec/magnitude-model.js';
import { RICE_ESCAPE, RICE_ESCAPED_BITS } from '../../../src/report/codec/rice.js';
import { plainAttacks } from './plain-attacks.js';

/** Added before cutting to whole numbers: less than a half, as a smaller number costs fewer bits. */
const ROUNDING = 0.4;

/** A text of bits. */
interface Bits {
  text: string;
}

function write(bits: Bits, value: number, count: number): void {
  if (count > 0) bits.text += value.toString(2).padStart(count, '0');
}

function writeRice(bits: Bits, number: number, k: number): void {
  const high = Math.floor(number / 2 ** k);
  if (high < RICE_ESCAPE) {
    bits.text += `${'1'.repeat(high)}0`;
    write(bits, number % 2 ** k, k);
  } else {
    bits.text += '1'.repeat(RICE_ESCAPE);
    write(bits, number, RICE_ESCAPED_BITS);
  }
}

/** The slow twin of the encoder's kernel, in plain float64 loops and a text of ones and zeros: the same bytes. */
export function plainEncode(samples: Float32Array): Uint8Array {
  const x = new Float64Array(Math.ceil(samples.length / FRAME) * FRAME);
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    x[i] = Number.isFinite(sample) ? 32768 * Math.min(1, Math.max(-1, sample)) : 0;
  }
  const isShort = plainAttacks(x);
  lappedTransform(x, isShort);
  const bits: Bits = { text: '' };
  write(bits, samples.length, 24);
  const model = new MagnitudeModel();
  const before = new Int32Array(BANDS);
  const levels = new Int32Array(BANDS);
  const steps = new Int32Array(BANDS);
  for (let frame = 0; frame < isShort.length; frame++) {
    write(bits, isShort[frame]!, 1);
    measureLevels(x, frame * FRAME, levels);
    writeLevels(bits, levels, before);
    bandSteps(levels, coarserBy(bits.text.length, frame), steps);
    for (let band = 0; band < BANDS; band++) {
      if (levels[band]! > 0) writeBand(bits, model, x, frame * FRAME, band, levels[band]! - steps[band]!, steps[band]!);
    }
    before.set(levels);
  }
  return Uint8Array.from(bits.text.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}

function measureLevels(x: Float64Array, offset: number, levels: Int32Array): void {
  for (let band = 0; band < BANDS; band++) {
    const from = BAND_EDGES[band]!;
    const to = BAND_EDGES[band + 1]!;
    let power = 0;
    for (let i = offset + from; i < offset + to; i++) power += x[i]! * x[i]!;
    power /= to - from;
    levels[band] = power < 1 ? 0 : Math.round(Math.log2(power));
  }
}

const differences = new Int32Array(BANDS);

function writeLevels(bits: Bits, levels: Int32Array, before: Int32Array): void {
  const costs = [0, 0, 0, 0];
  let drift = 0;
  for (let band = 0; band < BANDS; band++) {
    const difference = levels[band]! - before[band]! - (drift >> 1);
    drift = levels[band]! - before[band]!;
    const number = difference >= 0 ? 2 * difference : -2 * difference - 1;
    differences[band] = number;
    for (let k = 0; k < 4; k++) costs[k]! += (number >> k) + 1 + k;
  }
  let best = 0;
  for (let k = 1; k < 4; k++) if (costs[k]! < costs[best]!) best = k;
  write(bits, best, 2);
  for (let band = 0; band < BANDS; band++) writeRice(bits, differences[band]!, best);
}

const code: BandCode = { isSparse: false, k: 0 };

function writeBand(bits: Bits, model: MagnitudeModel, x: Float64Array, offset: number, band: number, above: number, step: number): void {
  const from = offset + BAND_EDGES[band]!;
  const to = offset + BAND_EDGES[band + 1]!;
  const scale = 2 ** -((step + 1) >> 1) * ((step & 1) === 1 ? Math.SQRT2 : 1);
  model.codeOf(above, code);
  const { isSparse, k } = code;
  let sum = 0;
  let run = 0;
  for (let i = from; i < to; i++) {
    const value = x[i]! * scale;
    const isNegative = value < 0 ? 1 : 0;
    const number = ((isNegative === 1 ? -value : value) + ROUNDING) | 0;
    sum += number;
    if (isSparse) {
      if (number === 0) {
        run++;
        continue;
      }
      writeRice(bits, run, k);
      run = 0;
      writeRice(bits, number - 1, 0);
    } else {
      writeRice(bits, number, k);
      if (number === 0) continue;
    }
    write(bits, isNegative, 1);
  }
  // The last run tells that the band is at its end.
  if (run > 0) writeRice(bits, run, k);
  model.learn(above, sum, to - from);
}
