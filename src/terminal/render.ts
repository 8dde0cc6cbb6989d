import type { ClusterOutcome } from '../commands/cluster.js';
import type { ClusterSummary } from '../commands/cluster-summary.js';
import type { EvaluateOutcome } from '../commands/evaluate.js';
import type { ExtractOutcome, FileProblem } from '../commands/extract.js';
import type { WorkerShare } from '../commands/offer-tracks.js';
import type { ShowOutcome } from '../commands/show.js';
import type { SweepOutcome } from '../commands/sweep.js';
import type { DeviceChange } from '../device/device-keeper.js';
import { colors } from './colors.js';
import { deviceChangeLine } from './device-change-line.js';
import { printable, problemLines } from './problem-lines.js';
import { bar, table, type Column } from './table.js';
import { terminalWidth } from './text-width.js';
import { bytes, counted, duration, score } from './units.js';

export { printable };

/** Terminals below this many columns get the columns of a table that matter most. */
const NARROW = 60;

export function renderProblems(problems: readonly FileProblem[]): string[] {
  return problemLines(problems, colors);
}

/** One line for each time that a run went on elsewhere. */
export function renderDeviceChanges(changes: readonly DeviceChange[]): string[] {
  return changes.map((change) => `${colors.yellow('!')} ${deviceChangeLine(change)}`);
}

export function renderExtraction({ files, audioSeconds, seconds, device, library, deviceChanges, workers, stages, libraryBytes }: ExtractOutcome): string[] {
  const parts = [`${counted(files.ok, 'sound')} in ${printable(library)}`];
  if (files.measured > 0) parts.push(`${files.measured} measured now: ${duration(audioSeconds)} of sound in ${duration(seconds)}${device === null ? '' : ` on ${device.backend}`}${workers.length === 0 ? '' : ` by ${counted(workers.length, 'worker')}`}`);
  if (files.carried > 0) parts.push(`${files.carried} known by content`);
  if (files.unchanged > 0) parts.push(`${files.unchanged} unchanged`);
  if (files.failed > 0) parts.push(colors.yellow(`${files.failed} failed`));
  if (files.damaged > 0) parts.push(colors.yellow(`${files.damaged} damaged`));
  if (files.removed > 0) parts.push(`${files.removed} gone`);
  return [...renderDeviceChanges(deviceChanges), ...workers.map(renderWorkerShare), parts.join(', '), ...renderPassedOver(files), ...renderCosts(stages, device !== null, libraryBytes)];
}

/** What one of several machines did. */
function renderWorkerShare({ host, id, backend, tracks, perSecond }: WorkerShare): string {
  return colors.dim(`${printable(host)}/${id.slice(0, 4)}: ${counted(tracks, 'sound')}${backend === null ? '' : ` on ${backend}`}, ${perSecond.toFixed(1)}/s`);
}

const STAGES: readonly (keyof ExtractOutcome['stages'])[] = ['scan', 'decode', 'resample', 'features', 'write'];

/** What a run took: time by stage where it measured, and the library's size. */
function renderCosts(stages: ExtractOutcome['stages'], hasMeasured: boolean, libraryBytes: number): string[] {
  const times = STAGES.map((stage) => `${stage} ${duration(stages[stage])}`).join(', ');
  return [colors.dim(`${hasMeasured ? `time of all threads: ${times}; ` : ''}library: ${bytes(libraryBytes)}`)];
}

/** What was met in the folders and is no sound of the library, so that nobody misses a file without a word. */
function renderPassedOver({ skipped, hidden, ignored, excluded, unreadable }: ExtractOutcome['files']): string[] {
  const parts = [
    skipped > 0 && counted(skipped, 'other file'),
    hidden > 0 && `${hidden} hidden`,
    ignored > 0 && `${ignored} ignored by .soundkinignore`,
    excluded > 0 && `${excluded} excluded`,
    unreadable > 0 && colors.yellow(`${unreadable} unreadable`),
  ].filter((part) => part !== false);
  return parts.length === 0 ? [] : [colors.dim(`passed over: ${parts.join(', ')}`)];
}

export function renderCluster(outcome: ClusterOutcome): string[] {
  const { extraction, sweep, report, scores, warnings, k, recipe, seed, sizes, seconds } = outcome;
  const sounds = sizes.reduce((sum, size) => sum + size, 0);
  return [
    ...(extraction === null ? [] : [...renderProblems(extraction.problems), ...renderExtraction(extraction)]),
    ...renderDeviceChanges(outcome.deviceChanges),
    `${colors.bold(counted(k, 'cluster'))} of ${counted(sounds, 'sound')} ${colors.dim(`(recipe ${recipe}, seed ${seed}, ${duration(seconds)})`)}`,
    ...(sweep === null ? [] : [colors.dim(`k = ${sweep.suggestedK}: ${sweep.reason}`)]),
    '',
    ...renderClusters(outcome.clusters),
    '',
    ...renderScores(scores as Readonly<Record<string, number | null>>),
    ...warnings.map((warning) => `${colors.yellow('!')} ${warning}`),
    ...(report === null ? [] : ['', `Report: ${printable(report)}`]),
  ];
}

function renderClusters(clusters: readonly ClusterSummary[]): string[] {
  const labelled = clusters.some(({ topLabels }) => topLabels.length > 0);
  const narrow = terminalWidth() < NARROW;
  const columns: Column[] = [
    { title: '#', align: 'right' },
    { title: 'sounds', align: 'right' },
    ...(narrow ? [] : [{ title: 'silhouette', align: 'right' } as const]),
    ...(labelled && !narrow ? [{ title: 'labels', most: 24 }] : []),
    { title: 'most typical', fills: true },
  ];
  const rows = clusters.map(({ id, size, silhouette, topLabels, typical }) => [
    String(id),
    String(size),
    ...(narrow ? [] : [score(silhouette)]),
    ...(labelled && !narrow ? [topLabels.map(({ label, count }) => `${printable(label)} ${count}`).join(', ')] : []),
    typical.slice(0, 3).map((path) => printable(path.slice(path.lastIndexOf('/') + 1))).join(', '),
  ]);
  return [table(columns, rows)];
}

const SCORE_WORDS: readonly (readonly [string, string])[] = [
  ['silhouette', 'silhouette'],
  ['homogeneity', 'homogeneity'],
  ['completeness', 'completeness'],
  ['vMeasure', 'V-measure'],
  ['adjustedRand', 'adjusted Rand'],
  ['adjustedMutualInfo', 'adjusted mutual information'],
];

function renderScores(scores: Readonly<Record<string, number | null>>): string[] {
  const error = scores['silhouetteError'];
  const errorOf = (key: string): string => (key === 'silhouette' && typeof error === 'number' ? colors.dim(` ± ${error.toFixed(4)}`) : '');
  const parts = SCORE_WORDS.flatMap(([key, word]) => (key in scores ? [`${word} ${colors.bold(score(scores[key]))}${errorOf(key)}`] : []));
  return parts.length > 0 ? [parts.join(', ')] : [];
}

export function renderSweep({ rows, suggestedK, reason, sounds, sampled, recipe, kept, picture, deviceChanges }: SweepOutcome): string[] {
  const narrow = terminalWidth() < NARROW;
  const width = Math.max(6, Math.min(24, Math.floor((terminalWidth() - 40) / 2)));
  const highest = Math.max(...rows.map(({ inertia }) => inertia));
  const best = Math.max(...rows.map(({ silhouette }) => silhouette), 1e-9);
  const barColumn = narrow ? [] : [{ title: '' }];
  const columns: Column[] = [{ title: 'k', align: 'right' }, { title: 'inertia', align: 'right' }, ...barColumn, { title: 'silhouette', align: 'right' }, ...barColumn, { title: 'largest', align: 'right' }];
  const lines = rows.map(({ k, inertia, silhouette, sizes }) => [
    k === suggestedK ? `→ ${k}` : String(k),
    inertia.toPrecision(5),
    ...(narrow ? [] : [bar(inertia / highest, width)]),
    score(silhouette),
    ...(narrow ? [] : [bar(silhouette / best, width)]),
    String(Math.max(...sizes)),
  ]);
  return [
    ...renderDeviceChanges(deviceChanges),
    `${sampled === undefined ? '' : `A sample of ${sampled} of `}${counted(sounds, 'sound')} ${colors.dim(`(recipe ${recipe})`)}`,
    '',
    table(columns, lines),
    '',
    `${colors.bold(`k = ${suggestedK}`)}: ${reason}`,
    '',
    `Kept in ${printable(kept)}`,
    ...(picture === null ? [] : [`Picture: ${printable(picture)}`]),
  ];
}

export function renderEvaluate({ k, labelled, sounds, classes, scores, clusters }: EvaluateOutcome): string[] {
  return [
    `${counted(k, 'cluster')} against ${counted(classes, 'label')}; ${labelled} of ${counted(sounds, 'sound')} ${labelled === 1 ? 'has' : 'have'} one`,
    '',
    ...renderClusters(clusters),
    '',
    ...renderScores(scores as unknown as Record<string, number>),
  ];
}

export function renderShow({ clusters, files, k, recipe, scores, warnings }: ShowOutcome): string[] {
  if (files === null) {
    return [`${counted(k, 'cluster')} ${colors.dim(`(recipe ${recipe})`)}`, '', ...renderClusters(clusters), '', ...renderScores(scores), ...warnings.map((warning) => `${colors.yellow('!')} ${warning}`)];
  }
  const labelled = files.some(({ label }) => label !== null);
  const narrow = terminalWidth() < NARROW;
  const columns: Column[] = [
    { title: 'distance', align: 'right' },
    ...(narrow ? [] : [{ title: 'silhouette', align: 'right' } as const]),
    ...(labelled ? [{ title: 'label', most: 14 }] : []),
    { title: 'file, most typical first', fills: true },
  ];
  const rows = files.map(({ distance, silhouette, label, path }) => [score(distance), ...(narrow ? [] : [score(silhouette)]), ...(labelled ? [printable(label ?? '')] : []), printable(path)]);
  return [table(columns, rows)];
}
