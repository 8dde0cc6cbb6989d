import { readFileSync } from 'node:fs';

/** Reads librosa's and scikit-learn's own values, made by test/golden/make_golden.py. */
const root = new URL('../golden/', import.meta.url);

interface ManifestSetting {
  readonly n_fft: number;
  readonly hop_length: number;
  readonly arrays: Readonly<Record<string, readonly [number, number] | readonly [number]>>;
}

interface Manifest {
  readonly signals: Readonly<Record<string, { file: string; sample_rate: number; samples: number; settings: Record<string, ManifestSetting> }>>;
  readonly clustering: { readonly arrays: Record<string, number[]>; readonly scores: Record<string, number> };
}

export const manifest = JSON.parse(readFileSync(new URL('manifest.json', root), 'utf8')) as Manifest;

export function readFloats(path: string): Float32Array {
  const bytes = readFileSync(new URL(path, root));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** A reference array in librosa's orientation. */
export interface GoldenArray {
  readonly rows: number;
  readonly frames: number;
  /** [rows, frames] */
  readonly values: Float32Array;
}

export interface GoldenCase {
  readonly signal: string;
  readonly setting: string;
  readonly nFft: number;
  readonly hopLength: number;
  readonly sampleRate: number;
  readonly samples: Float32Array;
  read(array: string): GoldenArray;
  readonly tuning: number;
}

/** The samples of a 16-bit mono WAV with a plain header, which all the signals are. */
function readSignal(file: string): Float32Array {
  const bytes = readFileSync(new URL(`signals/${file}`, root));
  const at = bytes.indexOf('data', 12, 'latin1') + 8;
  const samples = new Float32Array((bytes.length - at) >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(at + 2 * i) / 32768;
  return samples;
}

/** Every signal under every setting. */
export function goldenCases(): GoldenCase[] {
  return Object.entries(manifest.signals).flatMap(([signal, entry]) => {
    const samples = readSignal(entry.file).subarray(0, entry.samples);
    return Object.entries(entry.settings).map(([setting, { n_fft, hop_length, arrays }]) => ({
      signal,
      setting,
      nFft: n_fft,
      hopLength: hop_length,
      sampleRate: entry.sample_rate,
      samples,
      read: (array: string): GoldenArray => {
        const [rows, frames = 1] = arrays[array] ?? [0, 0];
        return { rows, frames, values: readFloats(`${signal}/${setting}/${array}.f32`) };
      },
      tuning: readFloats(`${signal}/${setting}/tuning.f32`)[0]!,
    }));
  });
}
