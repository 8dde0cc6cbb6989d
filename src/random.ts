/** A stream of pseudo-random numbers that is the same on every machine for the same seed. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, n), n >= 1. */
  integer(n: number): number;
  /** An independent stream, named by an integer: the order in which streams are used does not matter. */
  fork(stream: number): Random;
}

const N = 624;
const M = 397;

/**
 * The Mersenne Twister MT19937, giving the doubles that numpy's `RandomState(seed).random_sample()` gives: scikit-learn draws from it, so equal seeds
 * here and there mean equal choices.
 *
 * @param seed any integer; only its low 32 bits count.
 * @see Matsumoto & Nishimura 1998; numpy `random.RandomState`.
 */
export function createRandom(seed: number): Random {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, before) + i;
  }
  let index = N;

  const twist = (): void => {
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
    }
    index = 0;
  };

  const next32 = (): number => {
    if (index === N) twist();
    let y = state[index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };

  const next = (): number => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992;
  return {
    next,
    integer: (n) => Math.floor(next() * n),
    fork: (stream) => createRandom(mix((seed | 0) ^ mix(stream + 0x5bd1e995))),
  };
}

/** splitmix32's finaliser: spreads near-by names of streams over all seeds. */
function mix(value: number): number {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
