import { SoundkinError } from '../errors.js';

/** Where folders of another machine are on this one. */
export type PathMap = (path: string) => string;

/**
 * Folders that are mounted elsewhere here: of two that hold a path, the deeper one counts.
 *
 * @param entries `FROM=TO`: a folder as the other machine names it, and as this one does.
 * @throws USAGE when an entry is not that.
 */
export function pathMap(entries: readonly string[]): PathMap {
  const folders = entries.map((entry) => {
    const at = entry.indexOf('=');
    const [from, to] = [entry.slice(0, Math.max(at, 0)), entry.slice(at + 1)];
    if (from === '' || to === '') throw new SoundkinError('USAGE', `worker: expected --map to be FROM=TO, such as /music=/mnt/music, got "${entry}". FROM is the folder where the run was started, TO the same one here.`);
    return { from: from.length > 1 ? from.replace(/[/\\]$/, '') : from, to: to.length > 1 ? to.replace(/[/\\]$/, '') : to };
  });
  folders.sort((a, b) => b.from.length - a.from.length);
  return (path) => {
    const found = folders.find(({ from }) => path === from || (path.startsWith(from) && (/[/\\]$/.test(from) || /^[/\\]/.test(path.slice(from.length)))));
    if (found === undefined) return path;
    const rest = path.slice(found.from.length).replace(/^[/\\]/, '');
    // The other machine's separators: on Windows a backslash, which elsewhere is a character like others.
    const slashed = /^[A-Za-z]:|^\\\\/.test(found.from) ? rest.replaceAll('\\', '/') : rest;
    return rest === '' ? found.to : `${found.to === '/' ? '' : found.to}/${slashed}`;
  };
}
