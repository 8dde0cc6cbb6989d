import Table from 'cli-table3';
import { terminalWidth, textWidth } from './text-width.js';

/** A column of a table: numbers stand right, and one column may take what the others leave. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes the width that is left, and is cut there. */
  readonly fills?: boolean;
  /** Is cut at this width. */
  readonly most?: number;
}

const GAP = 2;
const NARROWEST_FILLER = 8;

/** A table without lines, on a terminal as wide as that at most; in a pipe nothing is cut. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(textWidth(title), ...rows.map((row) => textWidth(row[i] ?? ''))));
  const filler = columns.findIndex(({ fills }) => fills === true);
  const watched = isWatched();
  if (watched) columns.forEach(({ most }, i) => (widths[i] = Math.min(widths[i]!, most ?? Infinity)));
  if (filler >= 0 && watched) {
    const others = widths.reduce((sum, width, i) => (i === filler ? sum : sum + width), 0) + GAP * (columns.length - 1);
    widths[filler] = Math.max(NARROWEST_FILLER, Math.min(widths[filler]!, terminalWidth() - others - 1));
  }
  const drawn = new Table({
    head: columns.map(({ title }) => title),
    colWidths: widths.map((width) => width + GAP),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Whether a person looks on, or has said how wide it may be. */
function isWatched(): boolean {
  return process.stdout.isTTY === true || process.env['COLUMNS'] !== undefined;
}

/** A bar of eighth blocks, `width` cells at `share` 1. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? '' : ' ▏▎▍▌▋▊▉'[eighths % 8]!);
}
