import type { TrackRow } from '../library/index.js';
import type { Track } from '../scan/scan.js';
import type { DecodedFacts, Fault } from '../threads/index.js';

/** The row of a track that has features. */
export function measuredRow(track: Track, facts: DecodedFacts, features: Readonly<Record<string, Float32Array>>, backend: string): TrackRow {
  return { ...rowFacts(track, facts), backend, features, code: facts.warning?.code ?? null, message: facts.warning?.message ?? null };
}

/** The row of a track that has none, and why. */
export function failedRow(track: Track, { code, message, facts }: Fault): TrackRow {
  return { ...rowFacts(track, facts), backend: null, features: null, code, message };
}

function rowFacts({ root, path, size, mtimeMs }: Track, facts?: DecodedFacts): Omit<TrackRow, 'features' | 'code' | 'message' | 'backend'> {
  return {
    root,
    path,
    size,
    mtimeMs,
    contentId: facts?.contentId ?? null,
    durationSeconds: facts?.durationSeconds ?? null,
    sampleRate: facts?.sourceSampleRate ?? null,
    channels: facts?.channels ?? null,
    format: facts?.format ?? null,
    decoder: facts?.decoder ?? null,
    excerpt: facts?.excerpt === undefined ? null : placeText(facts.excerpt),
    title: facts?.tags?.title ?? null,
    artist: facts?.tags?.artist ?? null,
    album: facts?.tags?.album ?? null,
    genre: facts?.tags?.genre ?? null,
    removed: false,
  };
}

/** Which seconds were measured: '60s@85.5s'. */
function placeText({ startSeconds, seconds }: NonNullable<DecodedFacts['excerpt']>): string {
  const short = (value: number): string => String(Number(value.toFixed(3)));
  return `${short(seconds)}s@${short(startSeconds)}s`;
}
