/** How good a clustering is: by itself, against known labels, and over a range of k. */
export { adjustedMutualInfo, normalizedMutualInfo } from './adjusted-mutual-info.js';
export { adjustedRand } from './adjusted-rand.js';
export { calinskiHarabasz } from './calinski-harabasz.js';
export { type Contingency, contingency } from './contingency.js';
export { daviesBouldin } from './davies-bouldin.js';
export { type Elbow, elbow } from './elbow.js';
export { type Silhouette, type SilhouetteOptions, silhouette, silhouettes, silhouetteSamples } from './silhouette.js';
export { isDegenerate, sizesWarning } from './sizes-warning.js';
export { type Suggestion, suggestK, type SweepPoint } from './suggest-k.js';
export { completeness, homogeneity, homogeneityCompletenessVMeasure, type VMeasure, vMeasure } from './v-measure.js';
