import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnalysisSettings } from '../config/analysis.js';
import type { Track } from '../scan/scan.js';

/** What a worker is asked: tracks to measure into a library. It travels as JSON. */
export interface TrackJob {
  /** The library's folder, as the coordinator names it. */
  readonly library: string;
  /** Tells whether a worker's library is that one. */
  readonly libraryId: string;
  readonly featureSetVersion: number;
  readonly settings: AnalysisSettings;
  /** The tracks' roots, as the coordinator names them. */
  readonly roots: readonly string[];
  /** Index of the root, path, size, time of change. */
  readonly tracks: readonly (readonly [number, string, number, number])[];
}

/** What came of one. The rows are in the library by then. */
export interface TrackJobResult {
  readonly tracks: number;
  /** Those that have features. */
  readonly measured: number;
  readonly audioSeconds: number;
}

/** A library's identity: that of its library.json, which is written once. @throws what reading it does. */
export async function libraryId(dir: string): Promise<string> {
  return createHash('sha256').update(await readFile(join(dir, 'library.json'))).digest('hex').slice(0, 16);
}

/** Bytes of a job's files, about. */
const JOB_BYTES = 256 * 2 ** 20;
const FEWEST_TRACKS = 16;
const MOST_TRACKS = 256;
/** A job takes this share of what is left: the last ones are small, and so all workers end at about the same time. */
const SHARE = 64;

/** Tracks in jobs, in their order. */
export function* trackJobs(tracks: readonly Track[], job: Omit<TrackJob, 'roots' | 'tracks'>, mostTracks = MOST_TRACKS): Generator<TrackJob> {
  for (let next = 0; next < tracks.length; ) {
    const count = Math.min(mostTracks, MOST_TRACKS, Math.max(FEWEST_TRACKS, Math.ceil((tracks.length - next) / SHARE)));
    const start = next;
    let bytes = 0;
    while (next < tracks.length && next - start < count && (next === start || bytes + tracks[next]!.size <= JOB_BYTES)) bytes += tracks[next++]!.size;
    const taken = tracks.slice(start, next);
    const roots = [...new Set(taken.map(({ root }) => root))];
    yield { ...job, roots, tracks: taken.map(({ root, path, size, mtimeMs }) => [roots.indexOf(root), path, size, mtimeMs] as const) };
  }
}

/** Each track of a job as a job. */
export function singleTrackJobs(job: TrackJob): TrackJob[] {
  return job.tracks.map(([root, ...facts]) => ({ ...job, roots: [job.roots[root]!], tracks: [[0, ...facts]] }));
}

/** A job's tracks. @param place the folder of a root on this machine. */
export function tracksOf({ roots, tracks }: TrackJob, place: (root: string) => string = (root) => root): Track[] {
  return tracks.map(([index, path, size, mtimeMs]) => {
    const root = roots[index]!;
    return { root, path, absolutePath: join(place(root), path), size, mtimeMs };
  });
}
