/** Points in fewer dimensions: principal components, and a picture in two. */
export { layout2d, type LayoutMethod, type LayoutOptions } from './layout.js';
export { pca, type Pca } from './pca.js';
