export { fftDoubles, framePower, setupFft } from '../../../../tensor-dsp/kernels/wasm/assembly/fft';
export { measureChroma } from '../../../../tensor-dsp/kernels/wasm/assembly/chroma';
export { countCrossings, measureFrames, measurePowers, setupFrames } from '../../../../tensor-dsp/kernels/wasm/assembly/frames';
export { measureTrack, setupTrack } from './track';

/** First byte that nothing static occupies. */
export function heapStart(): usize {
  return __heap_base;
}
