import { SoundkinError } from '../errors.js';
import type { OnProgress, ProgressEvent } from '../progress.js';
import { createProgressDisplay } from './progress-bar.js';

/** While these run, a job that is asked to end keeps what it has and does so soon. */
const ENDS_BY_ITSELF: ReadonlySet<ProgressEvent['stage']> = new Set(['scan', 'decode', 'features']);

/**
 * Runs a job with progress on stderr. The first Ctrl-C asks it to end where it can; past measuring there is nothing to lose, and it ends at
 * once, as it does at the second Ctrl-C.
 *
 * @throws INTERRUPTED after Ctrl-C.
 */
export async function runWithProgress<T>(silent: boolean, job: (watch: { onProgress: OnProgress; signal: AbortSignal }) => Promise<T>): Promise<T> {
  const display = await createProgressDisplay(silent);
  const controller = new AbortController();
  let endNow: (error: SoundkinError) => void = () => undefined;
  const ended = new Promise<never>((_, fail) => (endNow = fail));
  ended.catch(() => undefined);

  const onInterrupt = (): void => {
    display.stop();
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    if (display.stage !== undefined && !ENDS_BY_ITSELF.has(display.stage)) return endNow(interrupted());
    if (!silent) process.stderr.write('Stopping; what is measured is kept. Ctrl-C again stops at once.\n');
  };
  const onProgress: OnProgress = (event) => {
    if (!controller.signal.aborted) return display.onProgress(event);
    if (!ENDS_BY_ITSELF.has(event.stage)) endNow(interrupted());
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    const result = await Promise.race([job({ onProgress, signal: controller.signal }), ended]);
    if (controller.signal.aborted) throw interrupted();
    return result;
  } finally {
    display.stop();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

function interrupted(): SoundkinError {
  return new SoundkinError('INTERRUPTED', 'soundkin: stopped by Ctrl-C before the end. What is measured is kept: run the same again to go on.');
}
