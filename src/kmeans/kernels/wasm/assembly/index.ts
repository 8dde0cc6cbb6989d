export { distanceScratchBytes, distanceSums } from '../../../../evaluate/kernels/wasm/assembly/distance-sums';
export { packCoarsePanels, quantise } from './coarse';
export { centre, columnSums } from './place';
export { packPanels } from './scores';
export { measureContenders, openTrials, takeTrials } from './seed';
export { scratchBytes } from './block';
export { mergeMoved, ownDistances, step } from './step';
export { measureTrials, trialScratchBytes } from './trials';

/** First byte that nothing static occupies. The 32 bits there count the blocks that a task's threads have taken. */
export function heapStart(): usize {
  return (__heap_base + 127) & ~127;
}
