import { SoundkinError } from '../../../errors.js';
import type { DspSettings } from '../../../tensor-dsp/plan.js';
import { chromaFilterbank } from '../../../tensor-dsp/tables/chroma-filterbank.js';
import { frameCount } from '../../../tensor-dsp/tables/frame-count.js';
import type { WasmModule } from '../../../web-assembly.js';
import type { TrackFeatures } from '../../extract.js';
import { packChromaFilterbank } from './pack-tables.js';
import { createTrackInstance, TILE_FRAMES } from './track-instance.js';
import { createTuningHistogram } from './tuning-histogram.js';

/** A sound in blocks of any lengths. */
export type SoundBlocks = AsyncIterable<Float32Array> | Iterable<Float32Array>;

/** As assembly/track.ts has them. */
const LOOK = 1;
const GATHER = 2;
const FIRST = 4;
const LAST = 8;
/** Frames that wait for those after them, and those that these need again. */
const CARRIED_FRAMES = 8;

/**
 * Measures a sound of any length in memory of one size. It is read twice: chroma has to know the tuning of all of it, and decibels its loudest values; so the first
 * reading looks for these, and the second measures.
 *
 * The row equals that of `TrackKernel.measure` to the bit where both find the same tuning: always up to some half an hour, and beyond unless nearly equal numbers of
 * peaks speak for two: see `createTuningHistogram`. It does not depend on the blocks.
 *
 * @param module   compiled from assembly/index.ts; an instance is made for this sound alone.
 * @param settings see `kernelSupports`.
 * @param read     gives the sound from its beginning; called twice, and the same must come.
 * @throws DSP_RANGE when the sample rate is too low for the features; DECODE_READ when the second reading gives more or less than the first; what `read` throws.
 */
export async function measureLongTrack(module: WasmModule, settings: DspSettings, read: (reading: 1 | 2) => SoundBlocks): Promise<TrackFeatures> {
  const { nFft, hopLength, nChroma } = settings;
  const instance = createTrackInstance(module, settings);
  const { kernel, nBins, stride, seedWidth, frameWidth, segment, chromaTable, seed, kin, memory } = instance;
  const { allocate, floats } = memory;
  const rowStride = kernel.rowFloats();
  const power = allocate(4 * stride * TILE_FRAMES);
  const rows = allocate(4 * rowStride * TILE_FRAMES);
  const frames = allocate(4 * kernel.frameFloats() * (TILE_FRAMES + CARRIED_FRAMES + 3));
  const weights = allocate(8 * (TILE_FRAMES + CARRIED_FRAMES));
  const pitches = allocate(instance.tilePeakBytes);
  const tileSamples = (size: number): number => (size - 1) * hopLength + nFft;
  const samples = floats(segment, tileSamples(TILE_FRAMES));

  /** Measures the frames whose samples are in the segment. @param first the track's first sample, from there. @param end one past its last. @returns peaks. */
  const measureTile = (size: number, first: number, end: number): number => kernel.measureFrames(segment, size, first, end, power, stride, rows, rowStride, pitches);

  /** Reads the sound once, and measures it tile by tile: the tiles are those of `TrackKernel.measure`. @returns how many samples it has. */
  const readTiles = async (reading: 1 | 2, onTile: (start: number, size: number, peaks: number) => void): Promise<number> => {
    let start = 0;
    let length = 0;
    // Frames are centred: half of the first is silence before the sound.
    let filled = nFft / 2;
    samples.fill(0, 0, filled);
    const tile = (size: number): void => {
      // Places far outside the segment are all alike to the kernel, and could be larger than its integers.
      const peaks = measureTile(size, start === 0 ? nFft / 2 : -1, filled);
      onTile(start, size, peaks);
      start += size;
      samples.copyWithin(0, size * hopLength, filled);
      filled = Math.max(0, filled - size * hopLength);
    };
    for await (const block of read(reading)) {
      length += block.length;
      for (let at = 0; at < block.length; ) {
        const part = block.subarray(at, at + samples.length - filled);
        samples.set(part, filled);
        at += part.length;
        filled += part.length;
        if (filled === samples.length) tile(TILE_FRAMES);
      }
    }
    const count = frameCount(length, nFft, hopLength);
    while (start < count) {
      const size = Math.min(TILE_FRAMES, count - start);
      samples.fill(0, filled);
      tile(size);
    }
    return length;
  };

  const tunings = createTuningHistogram(settings, nChroma);
  const length = await readTiles(1, (start, size, peaks) => {
    kernel.measureTrack(rows, size, 0, 0, 0, 0, LOOK | (start === 0 ? FIRST : 0));
    tunings.add(floats(pitches, 2 * peaks));
  });
  const count = frameCount(length, nFft, hopLength);
  const table = packChromaFilterbank(chromaFilterbank({ ...settings, tuning: tunings.estimate() }), nBins, nChroma);
  memory.bytes(chromaTable, table.length).set(table);
  const again = await readTiles(2, (start, size) => {
    if (start + size > count) throw changed();
    kernel.measureChroma(power, stride, size, chromaTable, nChroma, rows + 4 * kernel.chromaPlace(), rowStride);
    kernel.measureTrack(rows, size, frames, weights, seed, kin, GATHER | (start === 0 ? FIRST : 0) | (start + size === count ? LAST : 0));
  });
  if (again !== length) throw changed();
  return { seed: floats(seed, seedWidth).slice(), kin: floats(kin, 4 * frameWidth).slice() };
}

function changed(): SoundkinError {
  return new SoundkinError('DECODE_READ', 'features: expected a sound to be the same when it is read again, got another length. Measure it when nobody writes to it.');
}
