import { createProgressDisplay } from './progress-bar.js';
import type { OnProgress } from '../progress.js';

/**
 * Runs a job with progress on stderr. The first Ctrl-C asks the job to end where it can, the second ends the process; a job that is past
 * measuring has nothing to lose and ends at once.
 */
export async function runWithProgress<T>(silent: boolean, job: (watch: { onProgress: OnProgress; signal: AbortSignal }) => Promise<T>): Promise<T> {
  const display = await createProgressDisplay(silent);
  const controller = new AbortController();
  const onInterrupt = (): void => {
    const measuring = display.stage === undefined || display.stage === 'scan' || display.stage === 'features';
    if (controller.signal.aborted || !measuring) {
      display.stop();
      process.exit(130);
    }
    controller.abort();
    display.stop();
    process.stderr.write('Stopping; what is measured is kept. Ctrl-C again stops at once.\n');
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    return await job({ onProgress: display.onProgress, signal: controller.signal });
  } finally {
    display.stop();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}
