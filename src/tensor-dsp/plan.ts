import * as tf from '@tensorflow/tfjs-core';
import { assertInteger } from './shapes.js';
import { createFourierPlan, type FourierPlan, type PlanOptions } from './stft.js';
import { chromaFilterbank } from './tables/chroma-filterbank.js';
import { contrastBands, type ContrastBand } from './tables/contrast-bands.js';
import { dctMatrix } from './tables/dct.js';
import { fftFrequencies } from './tables/frequencies.js';
import { melFilterbank } from './tables/mel-filterbank.js';

/** What an analysis of sounds is made with, in librosa's terms. */
export interface DspSettings {
  /** Hz, the rate of the samples themselves. */
  readonly sampleRate: number;
  readonly nFft: number;
  readonly hopLength: number;
  readonly nMels: number;
  readonly nMfcc: number;
  readonly nChroma: number;
}

/** Every table an analysis needs, made once and kept on the device. Whoever creates it disposes it. */
export interface DspPlan {
  readonly settings: DspSettings;
  readonly fourier: FourierPlan;
  /** [bins, nMels] */ readonly melFilterbank: tf.Tensor2D;
  /** [nMels, nMfcc] */ readonly dct: tf.Tensor2D;
  /** [bins], Hz */ readonly binHz: tf.Tensor1D;
  readonly contrastBands: readonly ContrastBand[];
  /** [bins, nChroma] on the host, for a tuning in hundredths of a pitch class; kept once made. */
  chromaFilterbank(tuning: number): Float32Array;
  dispose(): void;
}

/**
 * Makes the tables, and chooses for each operation what runs it on the current backend: see `kernelChoices`.
 *
 * @throws DSP_RANGE when a setting is outside its range, or the sample rate too low for the spectral contrast.
 */
export function createDspPlan(settings: DspSettings, options: PlanOptions = {}): DspPlan {
  const { sampleRate, nFft, hopLength, nMels, nMfcc, nChroma } = settings;
  assertInteger('hopLength', hopLength, 1, nFft);
  assertInteger('nMels', nMels, 1);
  assertInteger('nMfcc', nMfcc, 1, nMels);
  assertInteger('nChroma', nChroma, 1);
  const bands = contrastBands({ sampleRate, nFft });
  const fourier = createFourierPlan(nFft, nFft, options);
  const { nBins } = fourier;
  const tables = {
    melFilterbank: tf.tensor2d(Float32Array.from(melFilterbank({ sampleRate, nFft, nMels })), [nBins, nMels]),
    dct: tf.tensor2d(Float32Array.from(dctMatrix(nMels, nMfcc)), [nMels, nMfcc]),
    binHz: tf.tensor1d(Float32Array.from(fftFrequencies(sampleRate, nFft))),
  };
  const chromaByTuning = new Map<number, Float32Array>();
  return {
    settings,
    fourier,
    ...tables,
    contrastBands: bands,
    chromaFilterbank: (tuning) => {
      let filterbank = chromaByTuning.get(tuning);
      if (filterbank === undefined) {
        filterbank = Float32Array.from(chromaFilterbank({ sampleRate, nFft, nChroma, tuning }));
        chromaByTuning.set(tuning, filterbank);
      }
      return filterbank;
    },
    dispose: () => {
      fourier.dispose();
      tf.dispose(tables);
    },
  };
}
