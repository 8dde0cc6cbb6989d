/** Whole processes in turn: start-up, reading, writing and all, as a person waits for them. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRounds, spreadOf } from '../../src/bench/index.js';
import { adapterCommand, DIST, PYTHON, threadEnvironment } from './adapter-process.js';
import type { Entry, Group } from './result.js';

/** A program to time. */
export interface Runner {
  readonly name: string;
  readonly group: Group;
  readonly threads: number;
  /** The part of the workload's work that it does; default 1. What it prints must tell {"seconds"} where it is less. */
  readonly share?: number;
  readonly note?: string;
  /** @param folder an empty one, for what it writes. */
  command(folder: string): readonly [program: string, args: readonly string[]];
  /** Judges what it printed, in the first run. */
  check(output: string): Entry['check'];
}

/** The built command line. */
export function soundkin(args: readonly string[]): [string, string[]] {
  return [process.execPath, [join(DIST, 'cli.js'), ...args]];
}

/** An adapter for one round from start to end. */
export function adapterOnce(file: string, job: object, folder: string): [string, string[]] {
  if (file.endsWith('.py') && !existsSync(PYTHON)) throw new Error('no Python environment: run `npm run setup:peers`');
  const jobFile = join(folder, 'job.json');
  writeFileSync(jobFile, JSON.stringify(job));
  const [program, args] = adapterCommand(file);
  return [program, [...args, jobFile, '--once']];
}

interface Finished {
  readonly seconds: number;
  readonly output: string;
  /** Most memory in use, GiB; NaN where the system does not tell. */
  readonly peakGiB: number;
}

async function finished(runner: Runner): Promise<Finished> {
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-bench-'));
  try {
    const [program, args] = runner.command(folder);
    const started = performance.now();
    const child = spawn(program, args, { env: threadEnvironment(runner.threads), stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, complaint, peakGiB] = ['', '', NaN];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
    const poll = setInterval(() => {
      try {
        peakGiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? NaN) / 2 ** 20;
      } catch {
        // not Linux, or it has just ended
      }
    }, 100);
    const status = await new Promise<number | null>((done, fail) => {
      child.on('error', fail);
      child.on('close', done);
    }).finally(() => clearInterval(poll));
    if (status !== 0) throw new Error(`it ended with ${status}: ${complaint.trim().split('\n').at(-1) ?? ''}`);
    const wall = (performance.now() - started) / 1000;
    return { seconds: runner.share === undefined || runner.share === 1 ? wall : extrapolated(wall, output, runner.share), output, peakGiB };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Start-up happens once, however large the job: only the work itself, which adapters tell, is multiplied. */
export function extrapolated(wall: number, output: string, share: number): number {
  const work = Number(/"seconds": ?([\d.e-]+)/.exec(output)?.[1]);
  if (!(work > 0 && work <= wall)) throw new Error('it did not tell how long its part took');
  return wall - work + work / share;
}

/** Entries in the order of the runners. The first run warms up and is checked; who fails it gets the reason and no figure. */
export async function processContest(runners: readonly Runner[], rounds: number, patienceSeconds = Infinity): Promise<Entry[]> {
  const checks = new Map<Runner, Entry['check']>();
  const peaks = new Map<Runner, number>();
  for (const runner of runners) {
    process.stderr.write(`  ${runner.name}\n`);
    try {
      const { output, peakGiB } = await finished(runner);
      checks.set(runner, runner.check(output));
      peaks.set(runner, peakGiB);
    } catch (error) {
      checks.set(runner, { ok: false, text: (error as Error).message });
    }
    if (!checks.get(runner)!.ok) process.stderr.write(`  SKIPPED ${runner.name}: ${checks.get(runner)!.text}\n`);
  }
  const racing = runners.filter((runner) => checks.get(runner)!.ok);
  const timed = await runRounds(racing.map((runner) => ({ run: async () => (await finished(runner)).seconds })), { rounds, warmUps: 0, patienceSeconds });
  return runners.map((runner) => {
    const { name, group, threads, share = 1, note } = runner;
    const seconds = timed[racing.indexOf(runner)];
    const peak = peaks.get(runner) ?? NaN;
    const notes = [...(note === undefined ? [] : [note]), ...(peak >= 0.05 ? [`${peak.toFixed(1)} GiB at most`] : [])].join('; ');
    return { name, group, version: '', threads, share, seconds: seconds === undefined ? null : spreadOf(seconds), check: checks.get(runner)!, ...(notes !== '' && { note: notes }) };
  });
}
