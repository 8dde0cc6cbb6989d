import { TRACK_INTEGERS } from '../../../tensor-dsp/kernels/webgpu/spectrum-code.js';
import type { Sound } from '../../extract.js';
import { CHUNK_FRAMES, CHUNK_INTEGERS } from './moments.js';

/** Frames of a track that go to the device together. */
export interface Piece {
  readonly sound: Sound;
  /** The track's frames in all. */
  readonly totalFrames: number;
  /** Those that are measured, [first, end), and among them those that count: the others are neighbours that slopes need. */
  readonly first: number;
  readonly end: number;
  readonly countFirst: number;
  readonly countEnd: number;
}

/** Where a stretch of a sound's samples goes. */
export interface Placement {
  readonly sound: Sound;
  /** Samples of the sound, [start, end). */
  readonly start: number;
  readonly end: number;
  /** Where they begin in the buffer, in samples; even, so that 16-bit ones begin a word. */
  readonly at: number;
}

/** A batch as the device's tables tell it. Tables are longer than what is in them: their lengths are powers of two, so that few sizes occur. */
export interface PackedBatch {
  readonly tracks: Int32Array;
  readonly slots: Int32Array;
  readonly chunks: Int32Array;
  readonly nTracks: number;
  readonly nFrames: number;
  readonly nChunks: number;
  /** The chunks of each piece: [from, to). */
  readonly chunkRanges: readonly (readonly [number, number])[];
  readonly placements: readonly Placement[];
  /** Samples that the buffer must hold. */
  readonly nSamples: number;
}

/** Packs pieces of any lengths one behind the other: no frame is measured that nobody asked for. */
export function packPieces(pieces: readonly Piece[], nFft: number, hopLength: number): PackedBatch {
  const nFrames = pieces.reduce((sum, { first, end }) => sum + end - first, 0);
  const nChunks = pieces.reduce((sum, { countFirst, countEnd }) => sum + Math.ceil((countEnd - countFirst) / CHUNK_FRAMES), 0);
  const tracks = new Int32Array(TRACK_INTEGERS * roomFor(pieces.length));
  const slots = new Int32Array(roomFor(nFrames));
  const chunks = new Int32Array(CHUNK_INTEGERS * roomFor(nChunks));
  const chunkRanges: [number, number][] = [];
  const placements: Placement[] = [];
  let slot = 0;
  let chunk = 0;
  let at = 0;
  pieces.forEach(({ sound, totalFrames, first, end, countFirst, countEnd }, track) => {
    const length = samplesOf(sound).length;
    const from = first * hopLength - nFft / 2;
    const start = Math.min(Math.max(from, 0), length);
    const stop = Math.max(start, Math.min((end - 1) * hopLength + nFft / 2, length));
    placements.push({ sound, start, end: stop, at });
    // In the order of TRACK.
    tracks.set([at, stop - start, from - start, slot, end - first, first, totalFrames], track * TRACK_INTEGERS);
    slots.fill(track, slot, slot + end - first);
    const firstChunk = chunk;
    for (let frame = countFirst; frame < countEnd; frame += CHUNK_FRAMES) {
      chunks.set([slot + frame - first, Math.min(CHUNK_FRAMES, countEnd - frame), track], chunk++ * CHUNK_INTEGERS);
    }
    chunkRanges.push([firstChunk, chunk]);
    slot += end - first;
    at += Math.ceil((stop - start) / 2) * 2;
  });
  return { tracks, slots, chunks, nTracks: pieces.length, nFrames, nChunks, chunkRanges, placements, nSamples: at };
}

/** Entries of a table for `count`: a power of two, never so short that a shader would treat the table as a single number. */
export function roomFor(count: number): number {
  return 2 ** Math.max(6, Math.ceil(Math.log2(Math.max(count, 1))));
}

/** A sound's samples in the form that costs least to send. */
export function samplesOf({ samples, pcm16 }: Sound): Float32Array | Int16Array {
  return pcm16 ?? samples;
}
