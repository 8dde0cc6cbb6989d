import { spawn } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { decodeFile, encodeWav } from '../decode/index.js';
import { exitStatus, SoundkinError } from '../errors.js';
import { openLibrary } from '../library/index.js';
import { DEFAULT_CLUSTERING } from './cluster-summary.js';
import type { FileProblem } from './extract.js';
import { membersOf } from './show.js';

export interface PlayOptions {
  readonly library: string;
  /** A cluster's number, or a file: a path on disk, or one as the library lists it. */
  readonly what: string;
  /** Sounds of a cluster to play, most typical first. Default 5. */
  readonly count?: number;
  /** A program that plays the WAV file whose path is put at its end; found by itself where it is left out. */
  readonly player?: string;
  readonly name?: string;
  readonly signal?: AbortSignal;
  /** Told before each sound. */
  readonly onSound?: (path: string, index: number, total: number) => void;
}

export interface PlayOutcome {
  readonly player: string;
  readonly played: readonly string[];
  /** Sounds of the cluster that could not be read any more; the others were played. */
  readonly problems: readonly FileProblem[];
}

/** Programs that play a WAV file and end, with the arguments that keep them quiet. */
const PLAYERS: readonly (readonly string[])[] = [
  ['ffplay', '-nodisp', '-autoexit', '-loglevel', 'error'],
  ['mpv', '--no-video', '--really-quiet'],
  ['afplay'],
  ['paplay'],
  ['aplay', '-q'],
  ['play', '-q'],
  ['cvlc', '--play-and-exit', '--quiet'],
];

/** Hz that sounds are handed to the player at. */
const PLAY_RATE = 44100;

/**
 * Plays a cluster's most typical sounds, or one file, through a program of this machine. Every format that Soundkin reads plays: the player gets a WAV.
 *
 * @throws CLUSTER_UNKNOWN when there is no such cluster or file, USAGE when the count is none, PLAY_NO_PLAYER, PLAY_FAILED; and DECODE_… of a single file.
 */
export async function play(options: PlayOptions): Promise<PlayOutcome> {
  const files = await filesToPlay(options);
  const command = options.player === undefined ? await findPlayer() : splitCommand(options.player);
  const folder = await mkdtemp(join(tmpdir(), 'soundkin-play-'));
  const played: string[] = [];
  const problems: FileProblem[] = [];
  try {
    for (const [i, file] of files.entries()) {
      if (options.signal?.aborted === true) break;
      const wav = join(folder, `${i}.wav`);
      try {
        const { samples, sampleRate } = await decodeFile(file, { sampleRate: PLAY_RATE });
        await writeFile(wav, encodeWav(samples, sampleRate));
      } catch (error) {
        // One file that has gone bad does not silence its cluster.
        if (files.length === 1 || !(error instanceof SoundkinError) || exitStatus(error) !== 1) throw error;
        problems.push({ path: file, code: error.code, message: error.message });
        continue;
      }
      options.onSound?.(file, i, files.length);
      await run(command, wav, options.signal);
      await rm(wav);
      played.push(file);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { player: command[0]!, played, problems };
}

async function filesToPlay({ what, library: dir, count = 5, name = DEFAULT_CLUSTERING }: PlayOptions): Promise<string[]> {
  if (!Number.isInteger(count) || count < 1) throw new SoundkinError('USAGE', `play: expected a count of at least 1, got ${count}. Give --count a whole number.`);
  if (!/^\d+$/.test(what)) return [await findFile(what, dir, name)];
  const library = await openLibrary(dir, { readOnly: true });
  try {
    return membersOf(await library.readClustering(name), Number(what)).slice(0, count).map(({ root, path }) => join(root, path));
  } finally {
    await library.close();
  }
}

/** A file of the library by its path or name there, else one on disk. */
async function findFile(what: string, dir: string, name: string): Promise<string> {
  try {
    const library = await openLibrary(dir, { readOnly: true });
    try {
      const { members } = await library.readClustering(name);
      const wanted = what.replace(/^\.\//, '').normalize('NFC');
      const found = members.find(({ path }) => path.normalize('NFC') === wanted) ?? members.find(({ path }) => basename(path).normalize('NFC') === wanted);
      if (found !== undefined) return join(found.root, found.path);
    } finally {
      await library.close();
    }
  } catch (error) {
    // Without a library there are still files.
    if (!(error instanceof SoundkinError)) throw error;
  }
  const onDisk = resolve(what);
  if (await access(onDisk).then(() => true, () => false)) return onDisk;
  throw new SoundkinError('CLUSTER_UNKNOWN', `play: expected the number of a cluster, a file of the library or a file on the disk, got "${what}". \`soundkin show\` lists the clusters, \`soundkin show 0\` the files of the first.`);
}

/** The first of the known players that is on the PATH. */
async function findPlayer(): Promise<readonly string[]> {
  for (const command of PLAYERS) {
    if (await isThere(command[0]!)) return command;
  }
  throw new SoundkinError('PLAY_NO_PLAYER', `play: expected a program that plays sound, found none of ${PLAYERS.map(([program]) => program).join(', ')}. Install one, or name yours with --player; the report plays in any browser.`);
}

/** Which player `play` would use here, for `doctor`. */
export async function playerHere(): Promise<string | null> {
  for (const [program] of PLAYERS) if (await isThere(program!)) return program!;
  return null;
}

function isThere(program: string): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(program, ['--version'], { stdio: 'ignore' });
    child.on('error', () => done(false));
    child.on('spawn', () => {
      child.kill();
      done(true);
    });
  });
}

/** A command line split at spaces, but for what stands in quotes. */
function splitCommand(line: string): string[] {
  const parts = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain!);
  if (parts.length === 0) throw new SoundkinError('USAGE', 'play: expected a program behind --player, got nothing. For example: --player "mpv --no-video".');
  return parts;
}

function run([program, ...args]: readonly string[], file: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program!, [...args, file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const stop = (): void => void child.kill();
    signal?.addEventListener('abort', stop, { once: true });
    child.on('error', (cause) => fail(new SoundkinError('PLAY_FAILED', `play: expected ${program} to start, but ${cause.message}. Name another with --player.`, { cause })));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (code === 0 || signal?.aborted === true) return done();
      const reason = complaint.trim().split('\n').at(-1) ?? '';
      fail(new SoundkinError('PLAY_FAILED', `play: expected ${program} to play, but it ended with ${code}${reason === '' ? '' : ` (${reason})`}. Name another with --player; the report plays in any browser.`));
    });
  });
}
