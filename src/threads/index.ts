/** Worker threads: decoding, measuring and previews, a file at a time, within a memory budget. */
export { createAdmission, type Admission } from './admission.js';
export { fileBatches, type FileBatch } from './file-batches.js';
export { expectedBytes, memoryBudget, STREAMED_BYTES } from './memory-budget.js';
export type { DecodedFacts, Fault, MadePreview, MeasuredFile, Outcome } from './tasks.js';
export { createThreadPool, type ThreadPool, type ThreadPoolOptions } from './thread-pool.js';
