/** Results as Markdown: a table a workload. */
import type { Spread } from '../../src/bench/index.js';
import { counterpart, ratio, type Entry, type Result } from './result.js';

const GROUP_ORDER = ['soundkin', 'peer', 'floor'];

/** Three digits that count. */
export function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function secondsText({ median, least, most }: Spread): string {
  const [unit, factor] = median < 0.01 ? ['µs', 1e6] : median < 1 ? ['ms', 1e3] : ['s', 1];
  return `${figure(median * factor)} ${unit} (${figure(least * factor)} to ${figure(most * factor)})`;
}

function cells(result: Result, entry: Entry): string[] {
  const { amount } = result;
  const { seconds, check } = entry;
  const name = entry.group === 'soundkin' ? `**${entry.name}**` : entry.name;
  const label = `${name}${entry.version === '' || entry.group === 'floor' ? '' : ` ${entry.version}`}`;
  if (seconds === null) return [label, String(entry.threads), '–', ...(amount.unit === 'runs' ? [] : ['–']), ...(amount.frames === undefined ? [] : ['–']), '–', `${check.ok ? '' : 'no figure: '}${check.text}`];
  const times = ratio(result, entry);
  const isOurs = counterpart(result, entry) === entry;
  return [
    label,
    String(entry.threads),
    secondsText(seconds),
    ...(amount.unit === 'runs' ? [] : [figure(amount.value / seconds.median)]),
    ...(amount.frames === undefined ? [] : [figure((1e6 * seconds.median) / amount.frames)]),
    isOurs ? '1' : times === undefined ? '–' : figure(times),
    [check.text, entry.note].filter((part) => part !== undefined && part !== '').join('; '),
  ];
}

const line = (cellTexts: readonly string[]): string => `| ${cellTexts.map((text) => text.replaceAll('|', '/').replaceAll('\n', ' ')).join(' | ')} |`;

export function resultTable(result: Result): string[] {
  const { title, amount, machine, quick, notes, command } = result;
  const head = ['', 'threads', 'median (least to most)', ...(amount.unit === 'runs' ? [] : ['× real time']), ...(amount.frames === undefined ? [] : ['µs a frame']), 'times ours', 'checked first'];
  const entries = [...result.entries].sort((a, b) => GROUP_ORDER.indexOf(a.group) - GROUP_ORDER.indexOf(b.group));
  return [
    `## ${title}`,
    '',
    ...(quick ? ['**A quick run: to see that all works, not figures.**', ''] : []),
    line(head),
    line(head.map((_, i) => (i === 0 || i === head.length - 1 ? '---' : '---:'))),
    ...entries.map((entry) => line(cells(result, entry))),
    '',
    ...notes.map((note) => `${note}\n`),
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.loadAtStart ?? 'unknown'} before, ${machine.date}. \`${command}\``,
    '',
  ];
}

/** All workloads, as bench/results/bench.md. */
export function resultPage(results: readonly Result[]): string {
  return [
    '# Benches',
    '',
    'Made by `npm run bench` from the JSON beside it. Contestants take turns, round by round; every result is checked before anything is timed, and a wrong one has no figure. "Times ours" is',
    'how many times as long as Soundkin with the same number of threads (else its first line) it takes. Machines are noisy: read ratios of one table, not seconds of two.',
    '',
    '![The same as bars](bench.svg)',
    '',
    ...results.flatMap(resultTable),
  ].join('\n');
}
