/** From samples to one row a track: the feature set, its statistics over time, and batching. */
export { createBatcher, type Batcher, type Measured } from './batcher.js';
export { createMeasurer, type Measurer, type Sound, type TrackFeatures } from './extract.js';
export { columnNames, featureLayout, FEATURE_LAYOUTS, FEATURE_SET_VERSION, type Block, type FeatureLayout, type FeatureLayoutName, type Statistic } from './feature-set.js';
export { kernelSupports } from './kernels/wasm/track-kernel.js';
export { notFinite } from './not-finite.js';
export { RECIPES, type Recipe } from './recipe.js';
export type { BatchDevice, DeviceSource } from './sure-measurer.js';
