import { stripVTControlCharacters } from 'node:util';

/** Columns a terminal has; what COLUMNS says, or 80, where nothing tells. */
export function terminalWidth(): number {
  const told = Number(process.env['COLUMNS']);
  return process.stdout.columns ?? (Number.isInteger(told) && told > 0 ? told : 80);
}

/** One column a character. */
const PLAIN = /^[ -~]*$/;
/** Made when it is first used: that takes 4 ms. */
let graphemes: Intl.Segmenter | undefined;
/** Scripts and pictures that take two columns (Unicode's East Asian Width W and F, in ranges; and what is drawn as an emoji). */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

/** Columns that a text takes on a terminal, without colour codes. */
export function textWidth(text: string): number {
  const bare = stripVTControlCharacters(text);
  if (PLAIN.test(bare)) return bare.length;
  let width = 0;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of graphemes.segment(bare)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
