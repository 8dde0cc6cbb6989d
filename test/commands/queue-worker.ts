/**
 * A worker process for tests: `node scripts/run-ts.mjs test/commands/queue-worker.ts URL [FROM=TO…]`. It dies of any job with a sound of the name that POISON has.
 */
import { worker } from '../../src/commands/worker.js';

const [url, ...map] = process.argv.slice(2) as [string, ...string[]];
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const { jobs, tracks, refused } = await worker({
  queue: url,
  map,
  backend: 'wasm',
  workers: 1,
  lockMs: 1000,
  signal: stop.signal,
  onNotice: (line) => process.stderr.write(`${line}\n`),
  onJob: ({ paths }) => {
    if (paths.some((path) => path === process.env['POISON'])) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write(`${JSON.stringify({ jobs, tracks, refused: refused === null ? null : { code: refused.code, message: refused.message } })}\n`);
process.exit(0);
