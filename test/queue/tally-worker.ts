/**
 * A worker process for tests: `node scripts/run-ts.mjs test/queue/tally-worker.ts URL FOLDER`. A job is a list of words; each leaves a file in the folder. The
 * word "poison" kills the process, "refuse" makes it refuse, "fault" fails, "slow" takes its time.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SoundkinError } from '../../src/errors.js';
import { workOnJobs } from '../../src/queue/index.js';

const [url, folder] = process.argv.slice(2) as [string, string];
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const outcome = await workOnJobs<readonly string[], number>({
  url,
  lockMs: 1000,
  signal: stop.signal,
  backend: () => 'tally',
  onNotice: (line) => process.stderr.write(`${line}\n`),
  handle: async (words, { signal, onProgress }) => {
    if (words.includes('refuse')) return { refused: new SoundkinError('LIBRARY_MIXED', 'tally: expected other words, got refuse.') };
    if (words.includes('fault')) throw new SoundkinError('LIBRARY_WRITE', 'tally: expected to write, got a fault.');
    for (const [i, word] of words.entries()) {
      if (word === 'poison') process.kill(process.pid, 'SIGKILL');
      await delay(word.startsWith('slow') ? 3000 : 20, undefined, { signal });
      appendFileSync(join(folder, encodeURIComponent(word)), `${process.pid}\n`);
      onProgress(i + 1);
    }
    return { result: words.length };
  },
});
process.stdout.write(`${JSON.stringify({ jobs: outcome.jobs, refused: outcome.refused?.code ?? null })}\n`);
process.exit(0);
