import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/decode/index.js';
import { LazyDuckDb } from '../../src/library/duckdb.js';
import { openLibrary } from '../../src/library/index.js';
import { verifyRowFile } from '../../src/library/row-files.js';
import { createRandom } from '../../src/random.js';
import { buildCommandLine, plainEnvironment, runProgram } from '../support/command-line.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';

const work = temporaryFolder();
const TIMEOUT_MS = 240_000;
let cli = '';
/** What an unbroken run takes. */
let runMs = 0;

/** More than go into one file of rows, so that a run writes several times. */
const COUNT = 600;

/** A moment of a tone that no other file has, and every fifth without a sample: its row is an error. */
function writeSounds(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const bytes = i % 5 === 4 ? encodeWav(new Float32Array(0), 8000 + i) : encodeWav(Float32Array.from({ length: 1000 }, (_, t) => 0.5 * Math.sin((t * (i + 5)) / 900)), 22_050);
    writeFileSync(join(folder, `${String(i).padStart(4, '0')}.wav`), bytes);
  }
  copySamples(join(folder, 'real'), TWELVE);
  cpSync(join(folder, '0000.wav'), join(folder, 'same-as-0000.wav'));
}

beforeAll(async () => {
  cli = await buildCommandLine();
  writeSounds(join(work, 'sounds'), COUNT);
  const started = performance.now();
  expect((await soundkin('extract', 'sounds', '--library', 'unbroken')).status).toBe(1);
  runMs = performance.now() - started;
});

const soundkin = (...args: string[]): ReturnType<typeof runProgram> => runProgram(process.execPath, [cli, ...args, '--quiet'], { cwd: work });

/** Runs it, and sends a signal after a while, if it still runs by then. @returns its exit status, or the signal that ended it. */
function runAndSignal(args: readonly string[], signal: NodeJS.Signals, afterMs: number): Promise<number | NodeJS.Signals> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: work, env: plainEnvironment(), stdio: 'ignore' });
    const timer = setTimeout(() => child.kill(signal), afterMs);
    child.on('error', fail);
    child.on('close', (status, by) => {
      clearTimeout(timer);
      done(by ?? status!);
    });
  });
}

const hashOf = (values: Float32Array): string => createHash('sha256').update(values).digest('hex');

/** All that a library says of each sound, besides its root. */
async function rowsOf(name: string): Promise<Map<string, unknown>> {
  const library = await openLibrary(join(work, name), { readOnly: true });
  try {
    const tracks = await library.tracks();
    const rows = new Map<string, unknown>(tracks.map((track) => [track.path, { ...track, features: [] as string[] }]));
    expect(rows.size, 'no sound has two rows').toBe(tracks.length);
    for (const recipe of ['kin', 'seed']) {
      const { tracks: measured, points, width } = await library.readPoints(recipe);
      measured.forEach(({ path }, i) => (rows.get(path) as { features: string[] }).features.push(hashOf(points.subarray(i * width, (i + 1) * width))));
    }
    expect(library.problems).toEqual([]);
    return rows;
  } finally {
    await library.close();
  }
}

/** Everything in a library's folder is whole, and nothing is left of runs that are gone. */
async function expectTidy(name: string): Promise<void> {
  const dir = join(work, name);
  const left = readdirSync(dir, { recursive: true }).map(String);
  expect(left.filter((entry) => /(^|[/\\])\.|\.lock|\.breaking|\.tmp/.test(entry))).toEqual([]);
  JSON.parse(readFileSync(join(dir, 'library.json'), 'utf8'));
  await expectReadable(name);
}

async function expectReadable(name: string): Promise<void> {
  const dir = join(work, name);
  if (!existsSync(join(dir, 'rows'))) return;
  const { format, close } = await openLibrary(dir, { readOnly: true }).then((library) => ({ format: library.format, close: () => library.close() }));
  const duck = new LazyDuckDb(join(work, 'spill'));
  for (const file of readdirSync(join(dir, 'rows')).filter((entry) => entry.endsWith('.parquet'))) await duck.use((connection) => verifyRowFile(connection, join(dir, 'rows', file), format));
  await duck.close();
  await close();
}

describe('a run that is killed', () => {
  it('30 times at any moment, and goes on each time, ends with the library of an unbroken run', async () => {
    const random = createRandom(5);
    const library = 'killed';
    let killed = 0;
    let measuredWhenKilled = 0;
    let before = new Map<string, unknown>();
    for (let run = 0; run < 30; run++) {
      const again = run % 6 === 5; // all of it anew, so that there is work left for all of the runs
      const ended = await runAndSignal(['extract', 'sounds', '--library', library, '--quiet', ...(again ? ['--force'] : [])], 'SIGKILL', random.next() * 1.1 * runMs);
      if (ended === 'SIGKILL') killed += 1;
      else expect(ended).toBe(1);
      if (run % 6 !== 2 || !existsSync(join(work, library, 'library.json'))) continue;
      await expectReadable(library);
      const now = await rowsOf(library);
      for (const [path, row] of before) expect(now.get(path), path).toEqual(row);
      if (now.size > 0) measuredWhenKilled += 1;
      before = now;
    }
    expect(killed).toBeGreaterThan(10);
    expect(measuredWhenKilled).toBeGreaterThan(0);
    expect((await soundkin('extract', 'sounds', '--library', library)).status).toBe(1);
    expect(await rowsOf(library)).toEqual(await rowsOf('unbroken'));
    await expectTidy(library);
  }, TIMEOUT_MS);

  it('by Ctrl-C at any moment ends with 130, keeps its rows, and goes on', async () => {
    const random = createRandom(6);
    const ends: (number | NodeJS.Signals)[] = [];
    let most = 0;
    for (let run = 0; run < 6; run++) {
      // Before its handler is there, a signal ends a process as it does any.
      ends.push(await runAndSignal(['extract', 'sounds', '--library', 'stopped', '--quiet'], 'SIGINT', (0.3 + 0.5 * random.next()) * runMs));
      if (!existsSync(join(work, 'stopped', 'library.json'))) continue;
      const { size } = await rowsOf('stopped');
      expect(size).toBeGreaterThanOrEqual(most);
      most = size;
      await expectReadable('stopped');
    }
    for (const end of ends) expect([130, 'SIGINT', 1]).toContain(end);
    expect(ends).toContain(130);
    expect((await soundkin('extract', 'sounds', '--library', 'stopped')).status).toBe(1);
    expect(await rowsOf('stopped')).toEqual(await rowsOf('unbroken'));
    await expectTidy('stopped');
  }, TIMEOUT_MS);
});

describe('two runs on one library', () => {
  it('are one: the second ends at once, naming the first, and goes on where the first was killed', async () => {
    writeSounds(join(work, 'many'), 2000);
    const first = spawn(process.execPath, [cli, 'extract', 'many', '--library', 'both', '--quiet', '--backend', 'cpu'], { cwd: work, env: plainEnvironment(), stdio: 'ignore' });
    const ended = new Promise((done) => first.on('close', done));
    try {
      while (!existsSync(join(work, 'both', 'run-whole.lock'))) {
        expect(first.exitCode).toBeNull();
        await wait(5);
      }
      const second = await soundkin('extract', 'sounds', '--library', 'both');
      expect(second).toMatchObject({ status: 2, stderr: expect.stringContaining('(LIBRARY_LOCKED)') });
      expect(second.stderr).toContain(`process ${first.pid}`);
      expect(second.stderr.trim().split('\n')).toHaveLength(1);
      expect((await soundkin('cluster', 'sounds', '--library', 'both')).stderr).toContain('(LIBRARY_LOCKED)');
      expect(first.exitCode).toBeNull();
    } finally {
      first.kill('SIGKILL');
      await ended;
    }
    expect((await soundkin('extract', 'sounds', '--library', 'both')).status).toBe(1);
    expect(readdirSync(join(work, 'both')).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });
});

const tmpfs = join(work, 'disk');
// Whatever stopped a test in the middle.
afterAll(() => void (mounts && spawnSync('umount', ['-l', tmpfs])));
const mounts = ((): boolean => {
  mkdirSync(tmpfs);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', tmpfs]).status !== 0) return false;
  spawnSync('umount', [tmpfs]);
  return true;
})();

describe('a full disk', () => {
  const expectClearEnd = ({ status, stderr }: { status: number | null; stderr: string }): void => {
    expect(status).toBe(2);
    expect(stderr.trim().split('\n').filter((line) => line.startsWith('soundkin:'))).toEqual([expect.stringMatching(/^soundkin: library: expected .*\(LIBRARY_WRITE\)$/)]);
    expect(stderr).not.toContain('fault of Soundkin');
  };

  it.skipIf(!mounts)('ends the run with one clear line, and it goes on when there is room (needs the right to mount a tmpfs)', async () => {
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', tmpfs]).status).toBe(0);
    try {
      const filler = join(tmpfs, 'filler');
      writeFileSync(filler, Buffer.alloc(900_000));
      expectClearEnd(await soundkin('extract', 'sounds', '--library', 'disk/library'));
      rmSync(filler);
      spawnSync('mount', ['-o', 'remount,size=64m', tmpfs]);
      expect((await soundkin('extract', 'sounds', '--library', 'disk/library')).status).toBe(1);
      expect(await rowsOf('disk/library')).toEqual(await rowsOf('unbroken'));
      await expectTidy('disk/library');
    } finally {
      spawnSync('umount', ['-l', tmpfs]);
    }
  });

  it.skipIf(process.platform === 'win32')('or a limit on the size of files, too (needs ulimit)', async () => {
    const limited = await runProgram('/bin/sh', ['-c', 'ulimit -f 16; exec "$0" "$@"', process.execPath, cli, 'extract', 'sounds', '--library', 'limited', '--quiet'], { cwd: work });
    expectClearEnd(limited);
    expect((await soundkin('extract', 'sounds', '--library', 'limited')).status).toBe(1);
    expect(await rowsOf('limited')).toEqual(await rowsOf('unbroken'));
    await expectTidy('limited');
  });
});
