/** scikit-learn's k-means on TensorFlow.js: scaling, greedy k-means++, Lloyd's algorithm, assignment of new points. */
export { kmeans, kmeansEach, type KMeansOptions, type KMeansResult } from './kmeans.js';
export { assign } from './assign.js';
export { scaleTensor } from './scale-tensor.js';
export { createScaler, fitScaler, type Scaler, type ScalerKind } from './scale.js';
export type { Accumulation } from './accumulation.js';
