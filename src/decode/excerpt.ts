import { EXCERPT_END, EXCERPT_MIDDLE, type AnalysisSettings } from '../config/analysis.js';
import { SoundkinError } from '../errors.js';

/** A part of every sound, in place of the whole. */
export interface Excerpt {
  /** How much of it, over 0; all of a shorter sound. */
  readonly seconds: number;
  /** Where it lies, or the second at which it begins: earlier where the sound ends before it would. */
  readonly at: 'start' | 'middle' | 'end' | number;
}

/** Where an excerpt lies in one sound. */
export interface ExcerptPlace {
  readonly startSeconds: number;
  readonly seconds: number;
}

const PLACES = ['start', 'middle', 'end'] as const;
/** 90s, 1.5m, 250ms, 1h; a number alone is seconds. */
const DURATION = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|min|h)?$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600 };

function parseSeconds(text: string): number | undefined {
  const [, number, unit = 's'] = DURATION.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNIT_SECONDS[unit]!;
}

/**
 * An excerpt as it is typed: `60s@middle`, `30@start`, `10s@1m`; without a place it is the middle.
 *
 * @throws CONFIG_RANGE when it cannot be understood, or is empty.
 */
export function parseExcerpt(text: string): Excerpt {
  const [length = '', place = 'middle', ...more] = text.trim().split('@');
  const seconds = parseSeconds(length);
  const at = PLACES.find((name) => name === place) ?? parseSeconds(place);
  if (seconds === undefined || seconds <= 0 || at === undefined || more.length > 0) {
    throw new SoundkinError('CONFIG_RANGE', `decode: expected an excerpt like 60s@middle, 30s@start, 10s@end or 20s@90s, got "${text}". Give a length over 0, then @ and a place.`);
  }
  return { seconds, at };
}

/** An excerpt as text that `parseExcerpt` reads, the same for the same excerpt: to be kept with rows. */
export function excerptText({ seconds, at }: Excerpt): string {
  return `${seconds}s@${typeof at === 'number' ? `${at}s` : at}`;
}

type ExcerptSettings = Pick<AnalysisSettings, 'excerptSeconds' | 'excerptPlace'>;

/** An excerpt as settings keep it. */
export function excerptSettings({ seconds, at }: Excerpt): ExcerptSettings {
  return { excerptSeconds: seconds, excerptPlace: at === 'start' ? 0 : at === 'middle' ? EXCERPT_MIDDLE : at === 'end' ? EXCERPT_END : at };
}

/** The excerpt that settings ask for; undefined for all of every sound. */
export function excerptOf({ excerptSeconds, excerptPlace }: ExcerptSettings): Excerpt | undefined {
  if (excerptSeconds === 0) return undefined;
  return { seconds: excerptSeconds, at: excerptPlace === EXCERPT_MIDDLE ? 'middle' : excerptPlace === EXCERPT_END ? 'end' : excerptPlace === 0 ? 'start' : excerptPlace };
}

/**
 * The samples of an excerpt.
 *
 * @param frames samples of the sound; any number does where the excerpt is at the start.
 * @returns the first sample, and how many.
 */
export function excerptFrames({ seconds, at }: Excerpt, frames: number, sampleRate: number): { from: number; count: number } {
  const count = Math.max(1, Math.round(seconds * sampleRate));
  const last = Math.max(0, frames - count);
  const from = at === 'start' ? 0 : at === 'middle' ? Math.floor(last / 2) : at === 'end' ? last : Math.min(last, Math.round(at * sampleRate));
  return { from, count };
}
