/**
 * Batched signal analysis on TensorFlow.js: tensors in, tensors out, librosa's values.
 *
 * Every function is composed of tfjs-core operations and runs on whichever backend is set; nothing here needs Node.
 * Shapes are [batch, frames, bins]; row i of a batch equals the batch of one. Inputs are never disposed, results are the caller's.
 */
export { chroma } from './chroma.js';
export { delta, type DeltaSettings } from './delta.js';
export { rms, zeroCrossingRate } from './energy.js';
export { frameFeatures, type FrameFeatures } from './frame-features.js';
export { centerPad, frameSignal } from './frames.js';
export { kernelChoices, type KernelChoice } from './kernels/kernel-choices.js';
export { registerWasmKernels } from './kernels/wasm/register-wasm-kernels.js';
export { melSpectrogram } from './mel.js';
export { mfcc } from './mfcc.js';
export { createDspPlan, type DspPlan, type DspSettings } from './plan.js';
export { powerToDb, type PowerToDbSettings } from './power-to-db.js';
export { spectralContrast, spectralPeaksAndValleys } from './spectral-contrast.js';
export { spectralBandwidth, spectralCentroid, spectralFlatness, spectralRolloff } from './spectral-shape.js';
export { createFourierPlan, magnitude, powerOfFrames, powerSpectrum, stft, type FourierPlan, type FrameSettings, type PlanOptions } from './stft.js';
export { chromaFilterbank, type ChromaFilterbankSettings } from './tables/chroma-filterbank.js';
export { contrastBands, type ContrastBand, type ContrastSettings } from './tables/contrast-bands.js';
export { dctMatrix } from './tables/dct.js';
export { frameCount } from './tables/frame-count.js';
export { fftFrequencies, hzToMel, hzToOcts, melFrequencies, melToHz } from './tables/frequencies.js';
export { melFilterbank, type MelFilterbankSettings } from './tables/mel-filterbank.js';
export { hannWindow } from './tables/window.js';
export { createTuningEstimator, type TuningEstimator } from './tuning-estimator.js';
export { pitchPeaks, pitchRange, type PeakSettings, type PitchPeaks } from './tuning.js';
