// The layout's loops. Each is the plain TypeScript function of the same name one folder up, operation for operation, so that the numbers are the same to the bit;
// two lanes at a time only where lanes have nothing to do with one another.

export { anyAxis, axisOfPoints, centre, layOut, transpose } from './axes';
export { products, scatter, project } from './points';
export { tridiagonalise, iterateQl } from './eigen';
export { neighbours } from './neighbours';
export { epoch } from './epoch';

/** Where the caller may lay out its data: nothing of the module's own lies behind. */
export const dataStart: usize = (heap.alloc(64) + 63) & ~63;
