import { sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Why a file or folder is passed over: by a `.soundkinignore`, or by a pattern that was given with the scan. */
export type Verdict = 'ignored' | 'excluded';

/** Names are compared without regard to case, and accents however they are composed: `*.wav` means KICK.WAV too, on every system. */
const newMatcher = (): Ignore => ignore({ ignorecase: true });
const composed = (text: string): string => text.normalize('NFC');

/** The matcher remembers each path it was asked about; it starts anew after so many, so that memory does not grow with the folder. */
const REMEMBERED = 10_000;

/**
 * The rules in force in one folder, in gitignore's syntax: those of the `.soundkinignore` files from the scanned folder down to it, then the patterns
 * given with the scan. The last rule that matches decides, so a file deeper down overrides those above it, and a pattern given overrides all.
 */
export class IgnoreRules {
  readonly #ignored: readonly string[];
  readonly #excluded: readonly string[];
  #matcher: Ignore | undefined;
  #asked = 0;

  private constructor(ignored: readonly string[], excluded: readonly string[]) {
    this.#ignored = ignored;
    this.#excluded = excluded;
    if (ignored.length + excluded.length === 0) return;
    const marked = (patterns: readonly string[], mark: Verdict): { pattern: string; mark: Verdict }[] => patterns.map((pattern) => ({ pattern: composed(pattern), mark }));
    this.#matcher = newMatcher().add([...marked(ignored, 'ignored'), ...marked(excluded, 'excluded')]);
  }

  /**
   * The rules at the top of a scanned folder.
   *
   * @param exclude patterns relative to `root`. A path into the root, absolute or behind `./`, is taken as that place.
   */
  static at(root: string, exclude: readonly string[]): IgnoreRules {
    const top = root.split(sep).join('/').replace(/\/$/, '');
    return new IgnoreRules([], exclude.map((pattern) => (pattern.startsWith(`${top}/`) ? pattern.slice(top.length) : pattern.replace(/^(!?)\.\//, '$1/'))));
  }

  /**
   * The rules in a folder with a `.soundkinignore`: these, and the file's.
   *
   * @param folder relative to the scanned folder, '' for that itself.
   * @param text   what the file holds.
   */
  within(folder: string, text: string): IgnoreRules {
    const patterns = text.replace(/^\ufeff/, '').split(/\r?\n/).flatMap((line) => anchored(folder, line));
    return patterns.length === 0 ? this : new IgnoreRules([...this.#ignored, ...patterns], this.#excluded);
  }

  /**
   * What the rules say of a path whose folders were all let in.
   *
   * @param path relative to the scanned folder, with forward slashes.
   */
  judge(path: string, isFolder: boolean): Verdict | undefined {
    if (this.#matcher === undefined) return undefined;
    if (++this.#asked % REMEMBERED === 0) this.#matcher = newMatcher().add(this.#matcher);
    return this.#matcher.test(composed(isFolder ? `${path}/` : path)).rule?.mark as Verdict | undefined;
  }
}

/** A line of a folder's rules as a rule of the scanned folder: one with a slash before its end means a place, one without any place below. */
function anchored(folder: string, line: string): string[] {
  if (/^(#|\s*$)/.test(line)) return [];
  const [, not, pattern] = /^(!?)(.*)$/s.exec(line) as unknown as [string, string, string];
  const bare = pattern.replace(/(?<!\\) +$/, '');
  if (/^\/*$/.test(bare)) return [];
  if (folder === '') return [line];
  const place = folder.replace(/[\\*?[\]]/g, '\\$&');
  return [`${not}/${place}${bare.startsWith('/') ? '' : bare.slice(0, -1).includes('/') ? '/' : '/**/'}${pattern}`];
}
