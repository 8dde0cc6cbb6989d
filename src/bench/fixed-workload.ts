import { createRandom } from '../random.js';

/** Raised whenever what follows changes: figures of different versions must not be compared. */
export const FIXED_WORKLOAD_VERSION = 1;

/** The fixed sounds: 32 clips of 30 s at 22 050 Hz, 41 344 frames. A slow backend measures fewer; all cost the same. */
export const FIXED_SOUNDS = { clips: 32, seconds: 30, sampleRate: 22_050 } as const;
/** The fixed points and how they are clustered: Lloyd's algorithm from the first points. A slow backend takes fewer points. */
export const FIXED_POINTS = { n: 100_000, d: 64, nClusters: 64, iterations: 10 } as const;

/** Different clips among the fixed ones: the others repeat them, since what a clip costs does not depend on the sound. */
const DISTINCT_CLIPS = 4;
const NOTE_SECONDS = 0.5;

/**
 * A made-up sound, the same on every machine: notes of eight decaying harmonics above a little noise.
 *
 * @param samples how many, >= 0.
 * @param seed    names the sound.
 * @returns mono, within -1 to 1.
 */
export function fixedSound(samples: number, sampleRate: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const sound = Float32Array.from({ length: samples }, () => 0.02 * (random.next() - 0.5));
  const note = Math.round(NOTE_SECONDS * sampleRate);
  for (let start = 0; start < samples; start += note) {
    const pitch = 55 * 2 ** (random.integer(48) / 12);
    const end = Math.min(start + note, samples);
    for (let harmonic = 1; harmonic <= 8 && harmonic * pitch < sampleRate / 2; harmonic++) {
      // A rotation a sample: the same arithmetic everywhere, where sines of large angles are not.
      const step = (2 * Math.PI * harmonic * pitch) / sampleRate;
      const fade = Math.exp((-6 * harmonic ** 0.5) / note);
      const [cosine, sine] = [fade * Math.cos(step), fade * Math.sin(step)];
      let [re, im] = [0.11, 0];
      for (let i = start; i < end; i++) {
        sound[i]! += im;
        [re, im] = [re * cosine - im * sine, re * sine + im * cosine];
      }
    }
  }
  return sound;
}

/** The fixed clips, of which some share their samples. */
export function fixedSounds(clips: number = FIXED_SOUNDS.clips): Float32Array[] {
  const { seconds, sampleRate } = FIXED_SOUNDS;
  const distinct = Array.from({ length: Math.min(clips, DISTINCT_CLIPS) }, (_, i) => fixedSound(seconds * sampleRate, sampleRate, i + 1));
  return Array.from({ length: clips }, (_, i) => distinct[i % distinct.length]!);
}

/** [n * d] row by row: overlapping clouds, on which Lloyd's algorithm takes its time. */
export function fixedPoints(n: number, d: number, nClouds: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  const centres = Float32Array.from({ length: nClouds * d }, () => random.next());
  const points = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    const cloud = random.integer(nClouds) * d;
    for (let f = 0; f < d; f++) points[i * d + f] = centres[cloud + f]! + 1.5 * (random.next() + random.next() - 1);
  }
  return points;
}
