export { measurePowers, setupSpectrum, spectraBytes, spectrumBytes, spectrumStride } from '../../../../tensor-dsp/kernels/wasm/assembly/spectrum';
export { measureChroma } from '../../../../tensor-dsp/kernels/wasm/assembly/chroma';
export { contrast, contrastBytes, setupContrast } from '../../../../tensor-dsp/kernels/wasm/assembly/contrast';
export { mel } from '../../../../tensor-dsp/kernels/wasm/assembly/mel';
export { pitchPeaks } from '../../../../tensor-dsp/kernels/wasm/assembly/pitch-peaks';
export { measureShape } from '../../../../tensor-dsp/kernels/wasm/assembly/shape';
export { frameBytes, measureFrames, setupFrames } from '../../../../tensor-dsp/kernels/wasm/assembly/frames';
export { estimateTuning, tuningBytes } from '../../../../tensor-dsp/kernels/wasm/assembly/tuning';
export { chromaPlace, contrastPlace, frameFloats, measureTrack, rowFloats, setupTrack, trackBytes } from './track';

/** First byte that nothing static occupies. */
export function heapStart(): usize {
  return __heap_base;
}
