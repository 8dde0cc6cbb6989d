import { SoundkinError } from '../errors.js';

/**
 * Rows and cells of a CSV text: commas, double quotes around cells that hold commas, quotes or line ends, and quotes doubled within (RFC 4180).
 * Lines may end as on any system; a byte-order mark in front is no part of the text.
 *
 * @throws LABELS_FORMAT when a quote is opened and never closed.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  let begun = false; // a row or a cell has begun, be it empty
  let opened = 0;
  const endCell = (): void => {
    row.push(cell);
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    rows.push(row);
    row = [];
    begun = false;
  };
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let i = start; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[i++];
      else quoted = false;
      continue;
    }
    if (character === '\r' && text[i + 1] === '\n') continue;
    if (character === '\n' || character === '\r') {
      endRow();
      continue;
    }
    begun = true;
    if (character === '"' && cell === '') {
      quoted = true;
      opened = rows.length + 1;
    } else if (character === ',') endCell();
    else cell += character;
  }
  if (quoted) throw new SoundkinError('LABELS_FORMAT', `labels: expected every quote to be closed, but the one in row ${opened} is not. Close it, or write a quote within a cell twice.`);
  if (begun) endRow();
  return rows;
}

/** A cell as CSV wants it: quoted only where it must be. */
export function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
