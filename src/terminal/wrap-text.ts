import { terminalWidth, textWidth } from './text-width.js';

/**
 * Breaks a text at its spaces so that it fits the terminal, every line after the first indented.
 *
 * @param indent  columns that the following lines begin with.
 * @param watched whether a person looks on, or has said how wide it may be; in a pipe a line stays one line.
 */
export function wrapText(text: string, indent: number, watched: boolean = process.stdout.isTTY === true || process.env['COLUMNS'] !== undefined): string {
  if (!watched) return text;
  const width = Math.max(terminalWidth() - 1, indent + 16);
  const lines: string[] = [];
  let line = '';
  // Words keep the spaces before them, so that columns stay columns.
  for (const [, spaces, word] of text.matchAll(/( *)([^ ]+)/g)) {
    if (line.trim() !== '' && textWidth(line + spaces! + word!) > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word!;
    } else {
      line += spaces! + word!;
    }
  }
  return [...lines, line].join('\n');
}
