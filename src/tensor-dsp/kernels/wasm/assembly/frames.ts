/** Everything that a frame tells by itself, from its samples to one row, while it is in the cache. */
import { contrast } from './contrast';
import { mel } from './mel';
import { pitchPeaks } from './pitch-peaks';
import { flatness, largest, measureShape, spread } from './shape';
import { spectraBytes, spectrumOf } from './spectrum';
import { countCrossings, energy, markCrossings } from './waveform';

/** Up to here a frame's energy is put together from those of the hops in it, which its neighbours share. */
const MOST_HOPS = 16;

let nFft: i32 = 0;
let hop: i32 = 0;
let bins: i32 = 0; // nFft / 2 + 1
let rate: f64 = 0;
let nMels: i32 = 0;
let melTable: usize = 0;
let firstBin: i32 = 0; // of those looked through for peaks
let lastBin: i32 = 0;
let hops: i32 = 0; // in a frame, where they are whole and few; else 0
let spectra: usize = 0; // see spectrum.ts: made here, in the cache, before they go where they are kept
let magnitudes: usize = 0; // f32[bins + 7]
let energies: usize = 0; // f32[most frames + MOST_HOPS]
let changes: usize = 0; // u64, a bit a sample

/** Bytes that `setupFrames` needs for tiles of at most `frames` frames. */
export function frameBytes(n: i32, hopLength: i32, frames: i32): i32 {
  return spectraBytes(n) + 4 * (n / 2 + 8) + 4 * (frames + MOST_HOPS) + 8 * ((n + (frames - 1) * hopLength) / 64 + 2) + 64;
}

/** Sets the sizes and tables; addresses are aligned to 16. */
export function setupFrames(n: i32, hopLength: i32, frames: i32, sampleRate: f64, mels: i32, melAddress: usize, first: i32, last: i32, address: usize): void {
  nFft = n;
  hop = hopLength;
  bins = n / 2 + 1;
  rate = sampleRate;
  nMels = mels;
  melTable = melAddress;
  firstBin = first;
  lastBin = last;
  hops = n % hopLength === 0 && n / hopLength <= MOST_HOPS ? n / hopLength : 0;
  spectra = address;
  magnitudes = spectra + spectraBytes(n);
  changes = (magnitudes + 4 * <usize>(bins + 7) + 15) & ~15;
  energies = changes + 8 * <usize>((n + (frames - 1) * hopLength) / 64 + 2);
}

/** What the samples of a tile tell: signs, and levels hop by hop. */
function readWaveform(samples: usize, count: i32, first: i32, end: i32): void {
  markCrossings(samples, (count - 1) * hop + nFft, first, end, changes);
  for (let i = 0, blocks = hops > 0 ? count - 1 + hops : 0; i < blocks; i++) store<f32>(energies + ((<usize>i) << 2), energy(samples + ((<usize>(i * hop)) << 2), hop));
}

@inline
function frameEnergy(frame: usize, t: i32): f32 {
  if (hops === 0) return energy(frame, nFft);
  let sum: f32 = 0;
  for (let i = t; i < t + hops; i++) sum += load<f32>(energies + ((<usize>i) << 2));
  return sum;
}

/**
 * Measures `count` frames of a segment.
 *
 * @param samples    f32, the first frame's first sample; read up to a multiple of 64
 * @param first      the track's first sample, from there
 * @param end        one past its last
 * @param power      f32[count][stride], kept for the chroma; stride as `spectrumStride` says
 * @param rows       f32[count][rowStride]: bandwidth Hz, rms, flatness, zero-crossing rate; mel, peaks and valleys, each filled up to whole registers
 * @param pitches    f32 pairs
 * @returns          how many pairs
 */
export function measureFrames(samples: usize, count: i32, first: i32, end: i32, power: usize, stride: i32, rows: usize, rowStride: i32, pitches: usize): i32 {
  let found = 0;
  readWaveform(samples, count, first, end);
  for (let t = 0; t < count; t++) {
    const frame = samples + ((<usize>(t * hop)) << 2);
    const row = rows + ((<usize>(t * rowStride)) << 2);
    const p = spectrumOf(frame, hop, t, count, spectra, stride);
    memory.copy(power + ((<usize>(t * stride)) << 2), p, (<usize>stride) << 2);
    measureShape(p, bins, magnitudes);
    store<f32>(row, <f32>((<f64>spread * rate) / <f64>nFft));
    store<f32>(row, Mathf.sqrt(frameEnergy(frame, t) / <f32>nFft), 4);
    store<f32>(row, flatness, 8);
    store<f32>(row, <f32>countCrossings(changes, t * hop, t * hop + nFft - 1) / <f32>nFft, 12);
    mel(p, melTable, nMels, row + 16);
    contrast(p, row + 16 + ((<usize>((nMels + 3) & ~3)) << 2));
    found += pitchPeaks(p, firstBin, lastBin, largest, rate, nFft, pitches + ((<usize>found) << 3));
  }
  return found;
}
