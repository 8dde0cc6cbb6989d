import { describe, expect, it } from 'vitest';
import { dctMatrix } from '../../../src/tensor-dsp/index.js';
import { expectClose, expectTransposeOf, referenceTables } from '../../support/tables.js';

describe('dctMatrix', () => {
  it.each(referenceTables.dct)("is scipy's for $n_in to $n_out", (reference) => {
    expectTransposeOf(dctMatrix(reference.n_in, reference.n_out), reference);
  });

  it('has orthonormal columns', () => {
    const [nIn, nOut] = [128, 20];
    const matrix = dctMatrix(nIn, nOut);
    const column = (k: number): Float64Array => matrix.filter((_, i) => i % nOut === k);
    const products = [];
    for (let a = 0; a < nOut; a++) for (let b = 0; b < nOut; b++) products.push(column(a).reduce((sum, value, n) => sum + value * column(b)[n]!, 0));
    expectClose(products, products.map((_, i) => (i % (nOut + 1) === 0 ? 1 : 0)));
    expect(products).toHaveLength(400);
  });
});
