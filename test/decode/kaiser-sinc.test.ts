import { expect, it } from 'vitest';
import { createKaiserSinc } from '../../src/decode/kaiser-sinc.js';

// scipy.signal.windows.kaiser(9, 13.04)[:5], scipy 1.18.1
const WINDOW = [1.9462175188903458e-05, 0.014955007420427362, 0.18759247127174605, 0.6719326385393123, 1];

it('the window is scipy.signal.windows.kaiser', () => {
  const h = createKaiserSinc(1e-9, 4, 13.04); // a sinc so wide that only the window is left
  WINDOW.forEach((value, i) => {
    expect(h(i - 4) / 1e-9).toBeCloseTo(value, 13);
    expect(h(4 - i)).toBe(h(i - 4));
  });
  expect(h(4.001)).toBe(0);
});

it('the sinc is 1 in all, its cutoff at the middle, and 0 where a sinc is', () => {
  const h = createKaiserSinc(0.5, 60, 10);
  let sum = 0;
  for (let t = -60; t <= 60; t++) sum += h(t);
  expect(sum).toBeCloseTo(1, 5);
  expect(h(0)).toBeCloseTo(0.5, 15);
  for (let t = 2; t < 60; t += 2) expect(Math.abs(h(t))).toBeLessThan(1e-16);
});
