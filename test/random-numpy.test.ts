import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/random.js';

/** `numpy.random.RandomState(seed).random_sample(1300)` at a few places, on both sides of where the state is twisted. */
const NUMPY: readonly (readonly [seed: number, values: Readonly<Record<number, number>>])[] = [
  [0, { 0: 0.5488135039273248, 1: 0.7151893663724195, 2: 0.6027633760716439, 311: 0.14694664540037505, 312: 0.07952208258675575, 623: 0.8130538632474607, 624: 0.97622566345382, 1299: 0.10023343742412305 }],
  [1, { 0: 0.417022004702574, 1: 0.7203244934421581, 2: 0.00011437481734488664, 311: 0.9096355249515571, 312: 0.2571182937821962, 623: 0.6438956443116628, 624: 0.7543059505762987, 1299: 0.10023464310313235 }],
  [42, { 0: 0.3745401188473625, 1: 0.9507143064099162, 2: 0.7319939418114051, 311: 0.07845638134226596, 312: 0.02535074341545751, 623: 0.4845229851910213, 624: 0.618254771530296, 1299: 0.7064757264869012 }],
  [4294967295, { 0: 0.0976320289940138, 1: 0.9123828453026218, 2: 0.78903530185164, 311: 0.2845819535787153, 312: 0.89887815082878, 623: 0.16177415711968401, 624: 0.558929113358157, 1299: 0.2615643098940784 }],
];

describe('createRandom', () => {
  it.each(NUMPY)('gives the numbers of numpy for seed %i', (seed, values) => {
    const random = createRandom(seed);
    const drawn = Array.from({ length: 1300 }, () => random.next());
    for (const [place, value] of Object.entries(values)) expect(drawn[Number(place)]).toBe(value);
  });

  it('gives other numbers for another seed', () => {
    expect(createRandom(2).next()).not.toBe(createRandom(1).next());
  });
});
