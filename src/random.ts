/** A stream of pseudo-random numbers that is the same on every machine for the same seed. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, n), n >= 1. */
  integer(n: number): number;
  /** An independent stream, named by an integer: the order in which streams are used does not matter. */
  fork(stream: number): Random;
}

/** splitmix32's finaliser: spreads near-by seeds over the whole state space. */
function mix(value: number): number {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/**
 * xoshiro128** (Blackman & Vigna 2018), seeded through splitmix32.
 *
 * @param seed any integer; only its low 32 bits count.
 */
export function createRandom(seed: number): Random {
  const origin = seed | 0;
  let a = mix(origin);
  let b = mix(a ^ origin);
  let c = mix(b + 1);
  let d = mix(c ^ a) | 1; // the all-zero state is the one state that does not move

  const next32 = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };

  const next = (): number => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992;
  return {
    next,
    integer: (n) => Math.floor(next() * n),
    fork: (stream) => createRandom(mix(origin ^ mix(stream + 0x5bd1e995))),
  };
}
