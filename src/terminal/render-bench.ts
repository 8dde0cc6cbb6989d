import type { BenchOutcome } from '../commands/bench.js';
import type { BenchRow } from '../commands/bench-rows.js';
import { colors } from './colors.js';
import { printable } from './problem-lines.js';
import { table, type Column } from './table.js';
import { terminalWidth } from './text-width.js';
import { counted, duration } from './units.js';

const NARROW = 60;
const right = (title: string): Column => ({ title, align: 'right' });

/** Three digits that count, with spaces between thousands. */
function figure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const rounded = value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return rounded.replace(/\B(?=(\d{3})+$)(?<!\.\d*)/g, ' ');
}

const percent = (share: number): string => `±${share < 0.095 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;

function machineLine({ machine: { soundkin, cpu, cores, memoryGiB, node, loadAtStart } }: BenchOutcome): string {
  return `Soundkin ${soundkin}, ${printable(cpu)}, ${counted(cores, 'core')}, ${memoryGiB} GiB, Node ${node}${loadAtStart === null ? '' : `, load ${loadAtStart} before`}`;
}

/** A load that competes with the bench for the cores. */
function loadWarning({ machine: { loadAtStart, cores } }: BenchOutcome): string[] {
  return loadAtStart !== null && loadAtStart > 0.5 * cores ? [`${colors.yellow('!')} Other programs were busy when this began: figures may be too low.`] : [];
}

function soundTable(rows: readonly BenchRow[]): string {
  const narrow = terminalWidth() < NARROW;
  const columns: Column[] = [{ title: 'stage' }, { title: 'backend' }, right('× real time'), ...(narrow ? [] : [right('sounds/s'), right('µs/frame'), right('on')]), right('spread')];
  const lines = rows.map((row) => [
    row.stage,
    row.backend ?? '',
    figure(row.xRealTime),
    ...(narrow ? [] : [figure(row.soundsPerSecond), row.microsecondsPerFrame === null ? '' : figure(row.microsecondsPerFrame), duration(row.audioSeconds ?? 0)]),
    percent(row.spread),
  ]);
  return table(columns, lines);
}

function pointsTable(rows: readonly BenchRow[]): string {
  const narrow = terminalWidth() < NARROW;
  const columns: Column[] = [{ title: 'stage' }, { title: 'backend' }, right('GFLOP/s'), ...(narrow ? [] : [right('points')]), right('spread')];
  return table(columns, rows.map((row) => ['k-means', row.backend ?? '', figure(row.gflops), ...(narrow ? [] : [figure(row.points)]), percent(row.spread)]));
}

function backendLines({ auto, refused }: BenchOutcome): string[] {
  return [
    ...(auto === null ? [] : [`${colors.bold(`\`auto\` takes ${auto}.`)} One thread each, where a backend does not start more by itself.`]),
    ...refused.map(({ backend, reason }) => colors.dim(`– ${backend}: ${printable(reason)}`)),
  ];
}

function comparisonLines({ compared }: BenchOutcome): string[] {
  if (compared === null) return [];
  const rows = compared.ratios.map(({ stage, backend, ratio }) => [stage === 'kmeans' ? 'k-means' : stage, backend ?? '', `${figure(ratio)} ×`]);
  return [
    '',
    `Beside ${printable(compared.machine.cpu)}, ${counted(compared.machine.cores, 'core')}, Soundkin ${compared.machine.soundkin}${compared.machine.loadAtStart === null ? '' : `, load ${compared.machine.loadAtStart} before`}: this machine is`,
    rows.length === 0 ? 'not to be compared: no stage was measured on both.' : table([{ title: 'stage' }, { title: 'backend' }, right('as fast')], rows),
  ];
}

/** What people read of a bench on their own sounds, or of the fixed workload. */
export function renderBench(outcome: BenchOutcome): string[] {
  const { sample, rows, seconds } = outcome;
  const what =
    sample === null
      ? 'Sound made in memory. Name a folder to measure with sounds of your own.'
      : `${sample.files === sample.found ? counted(sample.files, 'sound') : `${sample.files} of ${counted(sample.found, 'sound')}`}: ${duration(sample.audioSeconds)}${sample.cut > 0 ? `; the last one only in part` : ''}`;
  return [
    machineLine(outcome),
    `${what} ${colors.dim(`(measured in ${duration(seconds)})`)}`,
    '',
    soundTable(rows.filter(({ stage }) => stage !== 'kmeans')),
    '',
    pointsTable(rows.filter(({ stage }) => stage === 'kmeans')),
    '',
    ...backendLines(outcome),
    ...loadWarning(outcome),
    ...comparisonLines(outcome),
  ];
}

/** A Markdown table to paste: one line a backend. */
export function renderHardware(outcome: BenchOutcome): string[] {
  const { rows, machine, workload } = outcome;
  const backends = rows.filter(({ stage }) => stage === 'features').map((features) => {
    const clustering = rows.find(({ stage, backend }) => stage === 'kmeans' && backend === features.backend);
    return `| ${features.backend} | ${printable(features.device ?? '').replaceAll('|', '/')} | ${figure(features.xRealTime)} (${percent(features.spread)}) | ${clustering === undefined ? '–' : `${figure(clustering.gflops)} (${percent(clustering.spread)})`} |`;
  });
  return [
    `${machineLine(outcome)}, ${machine.system}, ${machine.date}`,
    '',
    '| backend | device | Soundkin score: features, × real time | k-means, GFLOP/s |',
    '|---|---|---:|---:|',
    ...backends,
    '',
    colors.dim(`Workload ${workload}: 30 s clips at 22 050 Hz to rows; Lloyd's algorithm, 64 clusters of points with 64 features.`),
    ...backendLines(outcome),
    ...loadWarning(outcome),
    ...comparisonLines(outcome),
  ];
}
