import { SoundkinError } from '../errors.js';

/** How a sound is measured. Two libraries with unequal settings hold features that must not be compared. */
export interface AnalysisSettings {
  /** Hz that every sound is resampled to; 0 keeps each file's own rate. */
  readonly sampleRate: number;
  /** Samples in one Fourier transform, even or odd, >= 16. */
  readonly nFft: number;
  /** Samples from one frame to the next, 1 to nFft. */
  readonly hopLength: number;
  /** Mel bands. */
  readonly nMels: number;
  /** Mel-frequency cepstral coefficients, at most nMels. */
  readonly nMfcc: number;
  /** Pitch classes an octave. */
  readonly nChroma: number;
  /** Seconds that are measured of each sound; 0 for all of it. */
  readonly excerptSeconds: number;
  /** The second at which they begin, or EXCERPT_MIDDLE, or EXCERPT_END; 0 where all is measured. */
  readonly excerptPlace: number;
}

export const EXCERPT_MIDDLE = -1;
export const EXCERPT_END = -2;

/** librosa's defaults, on whole sounds. */
export const DEFAULT_ANALYSIS: AnalysisSettings = {
  sampleRate: 22050,
  nFft: 2048,
  hopLength: 512,
  nMels: 128,
  nMfcc: 20,
  nChroma: 12,
  excerptSeconds: 0,
  excerptPlace: 0,
};

function requireInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new SoundkinError(
      'CONFIG_RANGE',
      `config: expected ${name} to be an integer from ${low} to ${high}, got ${value}. Choose one in that range.`,
    );
  }
}

function requireSeconds(name: string, value: number): void {
  if (value >= 0 && Number.isFinite(value)) return;
  throw new SoundkinError('CONFIG_RANGE', `config: expected ${name} to be a number of seconds from 0, got ${value}. Choose such a number.`);
}

/**
 * The settings given, over librosa's defaults, checked.
 *
 * @throws CONFIG_RANGE when one is outside its range.
 */
export function createAnalysisSettings(given: Partial<AnalysisSettings> = {}): AnalysisSettings {
  const settings = { ...DEFAULT_ANALYSIS, ...given };
  if (settings.sampleRate !== 0) requireInteger('sampleRate', settings.sampleRate, 1000, 384_000);
  requireInteger('nFft', settings.nFft, 16, 65_536);
  requireInteger('hopLength', settings.hopLength, 1, settings.nFft);
  requireInteger('nMels', settings.nMels, 1, 1024);
  requireInteger('nMfcc', settings.nMfcc, 1, settings.nMels);
  requireInteger('nChroma', settings.nChroma, 3, 120);
  requireSeconds('excerptSeconds', settings.excerptSeconds);
  if (settings.excerptPlace !== EXCERPT_MIDDLE && settings.excerptPlace !== EXCERPT_END) requireSeconds('excerptPlace', settings.excerptPlace);
  return settings;
}

/** A short, stable name for settings: equal settings, equal hash, whatever the order of their keys. */
export function settingsHash(settings: AnalysisSettings): string {
  const text = Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(';');
  // FNV-1a, twice with different offsets: 64 bits without a dependency on a platform's crypto.
  const fnv = (offset: number): string => {
    let hash = offset;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  return fnv(0x811c9dc5) + fnv(0x9747b28c);
}
