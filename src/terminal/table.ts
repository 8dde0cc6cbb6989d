import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** Columns a terminal has; 80 where nothing tells. */
export function terminalWidth(): number {
  return process.stdout.columns ?? 80;
}

/** A column of a table: numbers stand right, and one column may take what the others leave. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes the width that is left, and is cut there. */
  readonly fills?: boolean;
}

const GAP = 2;

/** A table without lines, as wide as the terminal at most. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => visibleLength(row[i] ?? ''))));
  const filler = columns.findIndex(({ fills }) => fills === true);
  if (filler >= 0) {
    const others = widths.reduce((sum, width, i) => (i === filler ? sum : sum + width), 0) + GAP * (columns.length - 1);
    widths[filler] = Math.max(8, Math.min(widths[filler]!, terminalWidth() - others - 1));
  }
  // What stands right would touch the column behind it.
  const spaced = (cell: string, i: number): string => (columns[i]?.align === 'right' && i < columns.length - 1 ? cell + ' '.repeat(GAP) : cell);
  const drawn = new Table({
    head: columns.map(({ title }, i) => spaced(title, i)),
    colWidths: widths.map((width, i) => width + (i === columns.length - 1 ? 0 : GAP)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  drawn.push(...rows.map((row) => row.map(spaced)));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Length without colour codes. */
function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** A bar of eighth blocks, `width` cells at `share` 1. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? '' : ' ▏▎▍▌▋▊▉'[eighths % 8]!);
}
