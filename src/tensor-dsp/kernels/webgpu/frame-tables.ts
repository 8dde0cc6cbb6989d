import * as tf from '@tensorflow/tfjs-core';
import type { DspSettings } from '../../plan.js';
import { contrastBands } from '../../tables/contrast-bands.js';
import { dctMatrix } from '../../tables/dct.js';
import { melFilterbank } from '../../tables/mel-filterbank.js';
import { pitchCell, TUNING_STEPS } from '../../tuning-estimator.js';
import { pitchRange } from '../../tuning.js';
import { spectrumTables, type SpectrumOffsets } from './spectrum-tables.js';

/** Where each table begins in `floats`. */
export interface FloatOffsets extends SpectrumOffsets {
  /** [nMels, nMfcc] */
  readonly dct: number;
  /** Hz from which on a pitch is counted one cell higher, rising. */
  readonly cellEdges: number;
}

/** What the frame programs read beside samples, all made in float64: a shader's own sine and logarithm are far coarser. */
export interface FrameTables {
  readonly settings: DspSettings;
  readonly floats: tf.Tensor1D;
  readonly at: FloatOffsets;
  /** int32: for each mel band its first bin, its bins and where its weights begin in `floats`; then for each contrast band start, end and count. */
  readonly bands: tf.Tensor1D;
  readonly nBands: number;
  /** The most bins that a contrast band's peak is the mean of. */
  readonly mostExtremes: number;
  /** Bins that pitches are looked for in, and the most that can be found. */
  readonly firstBin: number;
  readonly lastBin: number;
  readonly mostPeaks: number;
  readonly nCellEdges: number;
  /** The cell of the histogram of tunings that pitches below the first edge fall into. */
  readonly firstCell: number;
  dispose(): void;
}

/**
 * @param settings nFft a power of two.
 * @throws DSP_RANGE when the sample rate is too low for the features.
 */
export function createFrameTables(settings: DspSettings): FrameTables {
  const { sampleRate, nFft, nMels, nMfcc } = settings;
  const bands = contrastBands({ sampleRate, nFft });
  const nBins = nFft / 2 + 1;
  const { window, slope, bend, roots, gainSquared } = spectrumTables(nFft);
  const { firstBin, lastBin } = pitchRange(settings);
  const { edges, firstCell } = cellEdges(settings, firstBin, lastBin);

  const parts = [window, slope, bend, roots, gainSquared, dctMatrix(nMels, nMfcc), edges];
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.length;
  }
  const mel = sparseRows(melFilterbank({ sampleRate, nFft, nMels }), nBins, nMels, length);
  const floats = new Float32Array(length + mel.weights.length);
  parts.forEach((part, i) => floats.set(part, starts[i]!));
  floats.set(mel.weights, length);

  const tensors = [tf.tensor1d(floats), tf.tensor1d(Int32Array.from([...mel.rows, ...bands.flatMap(({ start, end, count }) => [start, end, count])]), 'int32')] as const;
  return {
    settings,
    floats: tensors[0],
    at: { window: starts[0]!, slope: starts[1]!, bend: starts[2]!, roots: starts[3]!, gainSquared: starts[4]!, dct: starts[5]!, cellEdges: starts[6]! },
    bands: tensors[1],
    nBands: bands.length,
    mostExtremes: Math.max(...bands.map(({ count }) => count)),
    firstBin,
    lastBin,
    // Two neighbours are never both peaks.
    mostPeaks: Math.max(1, Math.ceil((lastBin - firstBin + 1) / 2)),
    nCellEdges: edges.length,
    firstCell,
    dispose: () => tf.dispose([...tensors]),
  };
}

/** A filterbank [nBins, nRows] as the stretch of bins that each row has: first bin, bins, and where its weights are. */
function sparseRows(filterbank: Float64Array, nBins: number, nRows: number, offset: number): { rows: number[]; weights: number[] } {
  const rows: number[] = [];
  const weights: number[] = [];
  for (let m = 0; m < nRows; m++) {
    let first = 0;
    while (first < nBins && filterbank[first * nRows + m] === 0) first++;
    let end = nBins;
    while (end > first && filterbank[(end - 1) * nRows + m] === 0) end--;
    rows.push(first < nBins ? first : 0, end - first, offset + weights.length);
    for (let k = first; k < end; k++) weights.push(filterbank[k * nRows + m]!);
  }
  return { rows, weights };
}

/**
 * The frequencies at which `pitchCell` goes up by one, each the smallest float32 of its cell: a search among them counts pitches exactly as the host does.
 */
function cellEdges({ sampleRate, nFft, nChroma }: DspSettings, firstBin: number, lastBin: number): { edges: Float64Array; firstCell: number } {
  const bits = new DataView(new ArrayBuffer(4));
  const bitsOf = (value: number): number => (bits.setFloat32(0, value), bits.getUint32(0));
  const valueOf = (pattern: number): number => (bits.setUint32(0, pattern), bits.getFloat32(0));
  // A parabola moves a peak by less than a bin.
  const lowest = bitsOf((Math.max(firstBin - 1, 0.25) * sampleRate) / nFft);
  const highest = bitsOf(((lastBin + 1) * sampleRate) / nFft);
  const cellAt = (pattern: number): number => pitchCell(valueOf(pattern), nChroma);
  const first = cellAt(lowest);
  const last = cellAt(highest);
  const edges = new Float64Array(Math.max(0, last - first));
  let low = lowest;
  for (let cell = first + 1; cell <= last; cell++) {
    let high = highest;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (cellAt(middle) >= cell) high = middle;
      else low = middle;
    }
    edges[cell - first - 1] = valueOf(high);
  }
  return { edges, firstCell: ((first % TUNING_STEPS) + TUNING_STEPS) % TUNING_STEPS };
}
