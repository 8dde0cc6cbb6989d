import { BAND_EDGES, BANDS, bandSteps, FRAME } from './band-steps.js';
import { coarserBy } from './bit-budget.js';
import { BitReader } from './bit-reader.js';
import { inverseLappedTransform } from './lapped-transform.js';
import { MagnitudeModel, type BandCode } from './magnitude-model.js';
import { readRice } from './rice.js';

/** Numbers stand for values a little nearer to zero, where more of them are. */
const TOWARDS_ZERO = 0.03;

/**
 * What `encodeSound` wrote, as samples of 16 bits. Runs in the report's page. Damaged bytes give noise, cut ones silence at the end.
 *
 * @returns mono at 22 050 Hz.
 */
export function decodeSound(bytes: Uint8Array): Int16Array {
  const reader = new BitReader(bytes);
  const length = reader.read(24);
  const frames = Math.ceil(length / FRAME);
  const x = new Float64Array(frames * FRAME);
  const isShort = new Uint8Array(frames);
  const model = new MagnitudeModel();
  const levels = new Int32Array(BANDS);
  const steps = new Int32Array(BANDS);
  for (let frame = 0; frame < frames; frame++) {
    isShort[frame] = reader.read(1);
    readLevels(reader, levels);
    bandSteps(levels, coarserBy(reader.bits, frame), steps);
    for (let band = 0; band < BANDS; band++) {
      if (levels[band]! > 0) readBand(reader, model, x, frame * FRAME, band, levels[band]! - steps[band]!, steps[band]!);
    }
  }
  inverseLappedTransform(x, isShort);
  const samples = new Int16Array(length);
  for (let i = 0; i < length; i++) samples[i] = Math.min(32767, Math.max(-32768, Math.round(x[i]!)));
  return samples;
}

function readLevels(reader: BitReader, levels: Int32Array): void {
  const k = reader.read(2);
  let drift = 0;
  for (let band = 0; band < BANDS; band++) {
    const number = readRice(reader, k);
    drift = (drift >> 1) + ((number & 1) === 0 ? number >> 1 : -(number + 1) >> 1);
    levels[band]! += drift;
  }
}

const code: BandCode = { isSparse: false, k: 0 };

function readBand(reader: BitReader, model: MagnitudeModel, x: Float64Array, offset: number, band: number, above: number, step: number): void {
  const from = offset + BAND_EDGES[band]!;
  const to = offset + BAND_EDGES[band + 1]!;
  const scale = 2 ** (step / 2);
  model.codeOf(above, code);
  const { isSparse, k } = code;
  let sum = 0;
  for (let i = from; i < to; i++) {
    let number: number;
    if (isSparse) {
      i += readRice(reader, k);
      if (i >= to) break;
      number = readRice(reader, 0) + 1;
    } else {
      number = readRice(reader, k);
      if (number === 0) continue;
    }
    sum += number;
    x[i] = (reader.read(1) === 1 ? TOWARDS_ZERO - number : number - TOWARDS_ZERO) * scale;
  }
  model.learn(above, sum, to - from);
}
