/** Apart, so that TensorFlow.js is loaded only by who makes a tensor. */
export { tensor2d } from '@tensorflow/tfjs-core';
