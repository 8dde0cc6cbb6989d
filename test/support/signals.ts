import { createRandom } from '../../src/random.js';

/** Signals with known answers. Each is float32, mono, within -1 to 1 unless scaled. */

export const SAMPLE_RATE = 22050;

export function silence(samples: number): Float32Array {
  return new Float32Array(samples);
}

export function constant(samples: number, value = 1): Float32Array {
  return new Float32Array(samples).fill(value);
}

export function sine(samples: number, hz: number, amplitude = 1, sampleRate = SAMPLE_RATE): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / sampleRate));
}

/** A sine whose frequency rises evenly from `fromHz` to `toHz`. */
export function chirp(samples: number, fromHz: number, toHz: number, sampleRate = SAMPLE_RATE): Float32Array {
  const rise = (toHz - fromHz) / samples;
  return Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * (fromHz + (rise * n) / 2) * n) / sampleRate));
}

/** Single samples of 1, `every` samples apart. */
export function clicks(samples: number, every: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => (n % every === 0 ? 1 : 0));
}

/** A full-scale square wave. */
export function square(samples: number, halfPeriod: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => (Math.floor(n / halfPeriod) % 2 === 0 ? 1 : -1));
}

/** Uniform white noise between -1 and 1, the same for the same seed. */
export function noise(samples: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: samples }, () => random.next() * 2 - 1);
}

/** Normally distributed white noise of standard deviation 1. */
export function normalNoise(samples: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: samples }, () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()));
}

/** Partials of several fundamentals, each softer than the last; `detune` is in fractions of a semitone. */
export function harmonics(samples: number, fundamentals: readonly number[], detune = 0, sampleRate = SAMPLE_RATE): Float32Array {
  const sum = new Float64Array(samples);
  for (const fundamental of fundamentals) {
    for (const octave of [1, 2, 4]) {
      const turn = (2 * Math.PI * fundamental * octave * 2 ** (detune / 12)) / sampleRate;
      for (let n = 0; n < samples; n++) sum[n]! += Math.sin(turn * n) / octave;
    }
  }
  return Float32Array.from(sum, (value) => value / (2 * fundamentals.length));
}

export function scaled(signal: Float32Array, gain: number): Float32Array {
  return signal.map((value) => value * gain);
}
