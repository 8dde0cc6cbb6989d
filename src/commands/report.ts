import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, SoundkinError } from '../errors.js';
import { openLibrary, type Clustering, type Sweep, type TrackSummary } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import { renderReport, type ReportData, type ReportSound } from '../report/index.js';
import { createThreadPool, type MadePreview } from '../threads/index.js';
import { VERSION } from '../version.js';
import { DEFAULT_CLUSTERING, summarise } from './cluster-summary.js';
import { idOf } from './track-id.js';
import { memberTracks } from './member-tracks.js';
import { DEFAULT_PREVIEW_MEGABYTES, makePreviews, planOf } from './previews.js';
import { MOST_SHOWN, pickShown } from './shown-sounds.js';

export interface ReportOptions {
  readonly library: string;
  readonly name?: string;
  /** Where to; `report.html` in the library by default. */
  readonly out?: string;
  /** Megabytes of previews that may be put into the page, so that it plays anywhere. Default 12. */
  readonly previewMegabytes?: number;
  readonly title?: string;
  readonly onProgress?: OnProgress;
}

export interface ReportOutcome {
  readonly report: string;
  readonly bytes: number;
  /** Sounds that play from the page itself. */
  readonly previews: number;
}

/**
 * Writes a clustering as one page.
 *
 * @throws LIBRARY_NOT_FOUND, CLUSTERING_NOT_FOUND, EXPORT_FORMAT when the page cannot be written there, CONFIG_RANGE.
 */
export async function report(options: ReportOptions): Promise<ReportOutcome> {
  const { previewMegabytes = DEFAULT_PREVIEW_MEGABYTES } = options;
  if (!(previewMegabytes >= 0)) throw new SoundkinError('CONFIG_RANGE', `report: expected previews of 0 megabytes or more, got ${previewMegabytes}. Choose such a number.`);
  const library = await openLibrary(options.library, { readOnly: true });
  const threads = createThreadPool();
  try {
    const name = options.name ?? DEFAULT_CLUSTERING;
    const clustering = await library.readClustering(name);
    const tracks = await library.tracks();
    const sweep = await library.readSweep(name);
    const { members, k } = clustering;
    const known = memberTracks(members, tracks);
    const shown = pickShown(members.map(({ cluster }) => cluster), members.map(({ distance }) => distance), k, MOST_SHOWN);
    const candidates = Array.from(shown, (i) => ({ ...members[i]!, durationSeconds: known[i]?.durationSeconds ?? 0 }));
    const previews = await makePreviews(planOf(candidates, previewMegabytes), threads, options.onProgress);
    return await writeReport({ dir: library.dir, clustering, sweep, tracks, previews }, options);
  } finally {
    await threads.close();
    await library.close();
  }
}

/** What a page is made of. */
export interface ReportParts {
  /** The library's folder. */
  readonly dir: string;
  readonly clustering: Clustering;
  readonly sweep: Sweep | null;
  /** All that the library has, in its order. */
  readonly tracks: readonly TrackSummary[];
  /** By `idOf`. */
  readonly previews: ReadonlyMap<string, MadePreview>;
}

/**
 * Writes the page of a clustering that is at hand.
 *
 * @throws EXPORT_FORMAT when it cannot be written there.
 */
export async function writeReport({ dir, clustering, sweep, tracks, previews }: ReportParts, options: Pick<ReportOptions, 'out' | 'title'> = {}): Promise<ReportOutcome> {
  const { members } = clustering;
  const known = memberTracks(members, tracks);
  const shown = pickShown(members.map(({ cluster }) => cluster), members.map(({ distance }) => distance), clustering.k, MOST_SHOWN);
  const sounds = Array.from(shown, (i) => reportSound(members[i]!, known[i], previews.get(idOf(members[i]!))));
  const failures = tracks.filter(({ code }) => code !== null);
  const failed = failures.slice(0, MOST_FAILED).map(({ path, code, message }) => ({ path, code: code!, message: message ?? '' }));
  const data: ReportData = {
    title: options.title ?? titleOf(clustering, dir),
    createdAt: clustering.createdAt,
    soundkinVersion: VERSION,
    recipe: clustering.recipe,
    k: clustering.k,
    seed: clustering.seed,
    inertia: clustering.inertia,
    scores: Object.fromEntries(Object.entries(clustering.scores).filter(([, value]) => Number.isFinite(value))),
    warnings: sounds.length < members.length ? [...clustering.warnings, partNote(sounds.length, members.length)] : clustering.warnings,
    clusters: summarise(clustering).map(({ id, size, silhouette, topLabels }) => ({ id, size, silhouette: silhouette ?? NaN, topLabels: [...topLabels] })),
    sounds,
    failed,
    sweep: sweep !== null && sweep.recipe === clustering.recipe ? sweep : null,
    totals: { sounds: members.length, failed: failures.length, audioSeconds: known.reduce((sum, track) => sum + (track?.durationSeconds ?? 0), 0) },
  };
  const html = await renderReport(data);
  const out = resolve(options.out ?? join(dir, 'report.html'));
  try {
    await writeFile(out, html);
  } catch (cause) {
    throw new SoundkinError('EXPORT_FORMAT', `report: expected to write ${out}, but ${messageOf(cause)}. Name another file with --out.`, { cause });
  }
  return { report: out, bytes: Buffer.byteLength(html), previews: sounds.filter(({ preview }) => preview !== null).length };
}

/** Failed files that a page lists; `soundkin errors` lists all. */
const MOST_FAILED = 1000;

function partNote(shown: number, all: number): string {
  const [some, of] = [shown, all].map((count) => count.toLocaleString('en'));
  return `These are too many sounds for one page: it shows ${some} of ${of}, the most typical of each cluster and an even share of the rest. Counts and scores are of all; soundkin show and soundkin export have every sound.`;
}

/** The folder that was listened to, where there is one; else the library. */
function titleOf({ members }: Clustering, dir: string): string {
  const roots = new Set(members.map(({ root }) => root));
  return basename(roots.size === 1 ? [...roots][0]! : dir);
}

function reportSound(member: Clustering['members'][number], track: TrackSummary | undefined, made: MadePreview | undefined): ReportSound {
  return {
    path: member.path,
    url: pathToFileURL(join(member.root, member.path)).href,
    cluster: member.cluster,
    distance: member.distance,
    silhouette: member.silhouette,
    x: member.x,
    y: member.y,
    durationSeconds: track?.durationSeconds ?? 0,
    format: track?.format ?? '',
    label: member.label,
    preview: made?.preview ?? null,
    peaks: made?.peaks ?? null,
  };
}
