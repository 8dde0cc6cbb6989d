/**
 * Decodes damaged copies of every fixture, and tells of crashes, hangs and leaks.
 *
 *   node scripts/run-ts.mjs test/fuzz/fuzz-decoders.ts [FILES = 10000] [SEED = 1] [EVERY = 20]
 *
 * Each file is decoded whole and as a stream, which must agree. Every so many files ffmpeg may help; the others do without. A thread
 * does the work, and is replaced when a file takes longer than it may: that is a hang. File i of a seed is always the same one.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { messageOf } from '../../src/errors.js';
import { damagedFile, decodeDamaged } from '../support/fuzz-file.js';

const SLOWEST_SECONDS = 20;
const REPORT_FILES = 1000;

interface Job {
  readonly path: string;
  readonly seed: number;
  readonly every: number;
}

interface Done {
  readonly index: number;
  readonly outcome?: string;
  readonly fault?: string;
}

function runThread({ path, seed, every }: Job): void {
  const usual = process.env['PATH'] ?? '';
  parentPort!.on('message', (index: number) => {
    process.env['PATH'] = index % every === 0 ? usual : '/nowhere';
    decodeDamaged(path, seed, index).then(
      (outcome) => parentPort!.postMessage({ index, outcome }),
      (error: unknown) => parentPort!.postMessage({ index, fault: error instanceof Error ? (error.stack ?? messageOf(error)) : String(error) }),
    );
  });
}

const openFiles = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);

async function main(): Promise<number> {
  const [files = 10_000, seed = 1, every = 20] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-fuzz-'));
  let finish: (result: Done) => void = () => undefined;
  const start = (): Worker => {
    const workerData: Job = { path: join(folder, 'damaged'), seed, every };
    const worker = new Worker(new URL('../../scripts/run-ts.mjs', import.meta.url), { argv: [fileURLToPath(import.meta.url)], workerData });
    worker.on('message', (result: Done) => finish(result));
    worker.on('error', (error) => finish({ index: -1, fault: `CRASH ${messageOf(error)}` }));
    worker.on('exit', (code) => finish({ index: -1, fault: `CRASH exit ${code}` }));
    return worker;
  };
  let thread = start();
  const outcomes = new Map<string, number>();
  const faults: string[] = [];
  let slowest = { seconds: 0, index: 0 };

  const decode = (index: number): Promise<Done> =>
    new Promise((done) => {
      const timer = setTimeout(() => finish({ index, fault: 'HANG' }), SLOWEST_SECONDS * 1000);
      finish = (result) => {
        clearTimeout(timer);
        finish = () => undefined;
        done(result);
      };
      thread.postMessage(index);
    });

  for (let index = 0; index < files; index++) {
    const before = performance.now();
    const { outcome, fault } = await decode(index);
    const seconds = (performance.now() - before) / 1000;
    if (seconds > slowest.seconds) slowest = { seconds, index };
    if (outcome !== undefined) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (fault !== undefined) {
      faults.push(`file ${index} of seed ${seed}, from ${damagedFile(seed, index).name}: ${fault}`);
      console.log(faults.at(-1));
      if (/^(HANG|CRASH)/.test(fault)) {
        await thread.terminate();
        thread = start();
      }
    }
    if ((index + 1) % REPORT_FILES === 0 || index + 1 === files) {
      console.log(`${index + 1} files: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB, ${openFiles()} open files; slowest ${slowest.seconds.toFixed(2)} s (file ${slowest.index})`);
    }
  }
  await thread.terminate();
  rmSync(folder, { recursive: true });
  console.log(Object.fromEntries([...outcomes].sort()), `${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

if (isMainThread) process.exitCode = await main();
else runThread(workerData as Job);
