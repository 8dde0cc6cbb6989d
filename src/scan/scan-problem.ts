import { type ErrorCode, messageOf } from '../errors.js';

/** Something in a folder that could not be looked at. The scan goes on without it. */
export interface ScanProblem {
  /** The scanned folder it lies in. */
  readonly root: string;
  /** Absolute. */
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the system refuses, and what to do about it. */
const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['its rights forbid it', 'Give yourself the right to read it'],
  EPERM: ['its rights forbid it', 'Give yourself the right to read it'],
  ELOOP: ['its links lead in a circle', 'Mend or delete the link'],
  ENAMETOOLONG: ['its path is longer than the system takes', 'Move it up, or scan a folder nearer to it'],
  EIO: ['the disk cannot read it', 'Check the disk'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n)'],
};

/** A file or folder that the system refuses. */
export function refused(root: string, path: string, error: unknown): ScanProblem {
  const [reason, advice] = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? [messageOf(error), 'Check it'];
  return { root, path, code: 'SCAN_NOT_FOUND', message: `scan: expected to look at "${path}", but ${reason}. ${advice}; the rest was scanned.` };
}

/** A link that leads nowhere. */
export function brokenLink(root: string, path: string): ScanProblem {
  return { root, path, code: 'SCAN_NOT_FOUND', message: `scan: expected a file or folder behind the link "${path}", but nothing is there. Mend or delete the link; the rest was scanned.` };
}

/** A name that is no text: most programs cannot open it, nor can a library keep it. */
export function notText(root: string, path: string): ScanProblem {
  return { root, path, code: 'SCAN_NAME', message: `scan: expected a name in UTF-8 at "${path}", got other bytes. Rename it (\`convmv -f latin1 -t utf8\` does many at once); the rest was scanned.` };
}
