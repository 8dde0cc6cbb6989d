import picocolors from 'picocolors';

/**
 * Colour only where a person sees it: each stream for itself, and never against NO_COLOR. (picocolors alone asks stdout for both, and
 * colours pipes on Windows and wherever CI is set.)
 */
function wantsColor(stream: NodeJS.WriteStream): boolean {
  if ((process.env['NO_COLOR'] ?? '') !== '') return false;
  if ((process.env['FORCE_COLOR'] ?? '0') !== '0') return true;
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/** For what goes to stdout. */
export const colors = picocolors.createColors(wantsColor(process.stdout));
/** For what goes to stderr. */
export const errorColors = picocolors.createColors(wantsColor(process.stderr));
