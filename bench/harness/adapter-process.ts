/** One adapter in a process of its own, ours or a peer's: it is asked for rounds by lines on stdin. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const PYTHON = process.env['SOUNDKIN_PYTHON'] ?? join(ROOT, '.tools', 'peers', 'bin', 'python');

/** The built command line and kernels. */
export const DIST = process.env['SOUNDKIN_DIST'] ?? join(ROOT, 'dist');

/** What an adapter says of itself when it is ready. */
export interface AdapterFacts {
  readonly peer: string;
  readonly version: string;
  readonly threads: number;
  /** Features that follow other definitions than librosa's. */
  readonly own?: readonly string[];
  readonly note?: string;
}

export interface AdapterProcess {
  readonly facts: AdapterFacts;
  /** @returns seconds of one round. */
  round(): Promise<number>;
  result<T>(): Promise<T>;
  close(): void;
}

/** So many threads for every numerical library that asks the environment. */
export function threadEnvironment(threads: number): NodeJS.ProcessEnv {
  const names = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMBA_NUM_THREADS', 'VECLIB_MAXIMUM_THREADS', 'TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'];
  return { ...process.env, ...Object.fromEntries(names.map((name) => [name, String(threads)])), PYTHONDONTWRITEBYTECODE: '1' };
}

/** The command that runs an adapter: a Python file of bench/peers, or a TypeScript file of bench/ours. */
export function adapterCommand(file: string): [string, string[]] {
  const path = join(ROOT, 'bench', file);
  return file.endsWith('.py') ? [PYTHON, [path]] : [process.execPath, [join(ROOT, 'scripts', 'run-ts.mjs'), path]];
}

let jobs = 0;

/**
 * Starts an adapter and waits until it is ready.
 *
 * @throws with its last line on stderr, when it ends before.
 */
export async function startAdapter(file: string, job: object, threads: number, folder: string): Promise<AdapterProcess> {
  if (file.endsWith('.py') && !existsSync(PYTHON)) throw new Error('no Python environment: run `npm run setup:peers`');
  const jobFile = join(folder, `job-${process.pid}-${++jobs}.json`);
  writeFileSync(jobFile, JSON.stringify({ ...job, threads }));
  const [program, args] = adapterCommand(file);
  const child = spawn(program, [...args, jobFile], { env: threadEnvironment(threads), stdio: ['pipe', 'pipe', 'pipe'] });
  const next = linesOf(child);
  const ask = async (question: string): Promise<Record<string, unknown>> => {
    child.stdin!.write(`${question}\n`);
    return next();
  };
  return {
    facts: (await next()) as unknown as AdapterFacts,
    round: async () => (await ask('round'))['seconds'] as number,
    result: async <T>() => (await ask('result'))['result'] as T,
    close: () => void child.stdin!.end(),
  };
}

/** The JSON objects that a process prints, one a call; whatever else it prints is passed over. */
function linesOf(child: ChildProcess): () => Promise<Record<string, unknown>> {
  const ready: Record<string, unknown>[] = [];
  const waiting: { give(line: Record<string, unknown>): void; fail(error: Error): void }[] = [];
  let ended: Error | undefined;
  let complaint = '';
  child.stdin!.on('error', () => undefined); // told when it ends
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-4000)));
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (!line.startsWith('{')) return;
    const object = JSON.parse(line) as Record<string, unknown>;
    const taker = waiting.shift();
    if (taker === undefined) ready.push(object);
    else taker.give(object);
  });
  child.on('close', (status) => {
    const lines = complaint.trim().split('\n').filter((line) => line.trim() !== '');
    // Node puts the message above the stack, Python below it.
    const message = lines.find((line) => /^\w*Error: /.test(line)) ?? lines.at(-1) ?? `it ended with ${status}`;
    ended = new Error(message.trim());
    for (const { fail } of waiting) fail(ended);
  });
  child.on('error', (error) => {
    ended = error;
    for (const { fail } of waiting) fail(error);
  });
  return () =>
    new Promise((give, fail) => {
      const line = ready.shift();
      if (line !== undefined) give(line);
      else if (ended !== undefined) fail(ended);
      else waiting.push({ give, fail });
    });
}
