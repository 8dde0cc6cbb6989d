import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { SoundkinError } from '../errors.js';
import { beat, holdChild } from '../vital-signs.js';
import type { DecodeWarning } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { endsWithin } from './ends-within.js';
import { frameBytes, type PcmLayout } from './pcm-layout.js';
import { pcmToMono } from './pcm.js';
import type { SoundSource } from './sound-source.js';
import { readWavHeader } from './wav-header.js';

const COMMAND = 'ffmpeg';
/** The WAV header that ffmpeg writes is 44 to 200 bytes long; a first block this big holds it whole. */
const HEADER_BYTES = 4096;
const COMPLAINT_CHARACTERS = 300;
/** What one allocation of ffmpeg's may take, and where the system can hold it to that, all of its address space. */
const ALLOCATION_BYTES = 2 ** 28;
const ADDRESS_SPACE_KIB = 4 * 2 ** 20;
/** Seconds of a processor: a hundred times what ten hours of sound take. One that loops, and lost us to a kill -9, ends too. */
const PROCESSOR_SECONDS = 14_400;
const SHELL_FOUND_NOTHING = 127;
/** It is waited for no longer than this without a byte of sound. */
const SILENT_SECONDS = 60;

/** A file that is the first bytes of a stream: what its header says about sizes does not count. */
function asFile(path: string, bytes: Uint8Array): FileBytes {
  return {
    path,
    size: bytes.length,
    whole: bytes,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    contentId: () => Promise.resolve(''),
    close: () => Promise.resolve(),
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** The first complaint, without the demuxer's address in memory and the path, which stand in front of it. */
function plainComplaint(complaints: string): string {
  const line = complaints.trim().split('\n')[0] ?? '';
  return line.replace(/^\[[^\]]* @ 0x[0-9a-f]+\] /, '').replace(/^file:.*: (?=[^:]+$)/, '').slice(0, COMPLAINT_CHARACTERS);
}

/**
 * ffmpeg's own line about its version.
 *
 * @returns undefined where no ffmpeg is on the PATH, or it does not run.
 */
export function ffmpegVersion(): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn(COMMAND, ['-version'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.on('error', () => done(undefined));
    child.on('close', (code) => done(code === 0 ? text.split('\n')[0] : undefined));
  });
}

function startFfmpeg(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  if (process.platform !== 'linux') return spawn(COMMAND, args, { stdio });
  // The shell sees a number, and hands the rest on as it is.
  return spawn('/bin/sh', ['-c', 'ulimit -v "$0"; ulimit -t "$1"; shift; exec "$@"', String(ADDRESS_SPACE_KIB), String(PROCESSOR_SECONDS), COMMAND, ...args], { stdio });
}

/**
 * The first audio stream of any file that ffmpeg reads, through a child process that writes float32 WAV into a pipe. Rate and
 * channels stay the file's; mixing and resampling are ours, so that they are the same for every format.
 *
 * The process is held to some memory, and ended when it says nothing for a minute, or when the source is closed. It waits while nobody reads.
 *
 * @param path may be any name: it cannot be taken for an option or an address.
 * @param maxSeconds it may stop after so much sound; Infinity for all of it.
 * @returns undefined where there is no ffmpeg on the PATH.
 * @throws DECODE_FAILED when ffmpeg gives up, then or in reading; DECODE_EMPTY when it finds no sound.
 */
export async function openFfmpeg(path: string, maxSeconds = Infinity, silentSeconds = SILENT_SECONDS): Promise<SoundSource | undefined> {
  const child = startFfmpeg(
    ['-v', 'error', '-nostdin', '-max_alloc', String(ALLOCATION_BYTES), '-protocol_whitelist', 'file,pipe', '-i', `file:${resolve(path)}`]
      .concat(Number.isFinite(maxSeconds) ? ['-t', String(maxSeconds)] : [])
      .concat(['-map', '0:a:0', '-c:a', 'pcm_f32le', '-bitexact', '-f', 'wav', 'pipe:1']),
  );
  // Our thread may be ended before it can end this.
  const letChildGo = child.pid === undefined ? () => undefined : holdChild(child.pid);
  let exit: number | 'missing' | undefined;
  const ended = new Promise<void>((done) => {
    child.on('error', () => done(void (exit = 'missing')));
    child.on('exit', letChildGo);
    child.on('close', (code) => done(void (exit ??= code === SHELL_FOUND_NOTHING ? 'missing' : (code ?? 1))));
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    if (complaints.length < COMPLAINT_CHARACTERS) complaints += part;
  });
  const parts = (child.stdout as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    // What it may have started itself can hold these open.
    child.stdout.destroy();
    child.stderr.destroy();
    await ended;
  };
  const soon = async <T>(step: Promise<T>): Promise<T> => {
    const result = await endsWithin(step, silentSeconds);
    if (result !== undefined) return result.value;
    await kill();
    throw new SoundkinError('DECODE_FAILED', `decode: expected ffmpeg to go on with "${path}", but it said nothing for ${silentSeconds} seconds and was ended. The file is damaged.`);
  };

  let rest: Uint8Array = new Uint8Array(0);
  let finished = false;
  /** Waits for at least so many bytes, or the end. */
  const fill = async (bytes: number): Promise<void> => {
    while (!finished && rest.length < bytes) {
      const part = await soon(parts.next());
      beat();
      if (part.done === true) {
        finished = true;
        await soon(ended);
      } else rest = rest.length === 0 ? part.value : concat(rest, part.value);
    }
  };
  const complaint = (): string => plainComplaint(complaints) || `exit ${exit}`;
  const nothing = (): SoundkinError =>
    exit === 0
      ? new SoundkinError('DECODE_EMPTY', `decode: expected sound in "${path}", but ffmpeg found no samples. The file is empty or damaged.`)
      : new SoundkinError('DECODE_FAILED', `decode: expected ffmpeg to decode "${path}", but it said: ${complaint()}. The file is damaged, or holds no sound.`);

  let layout: PcmLayout;
  let frames = 0;
  try {
    await fill(HEADER_BYTES);
    if (exit === 'missing') return undefined;
    if (rest.length === 0) throw nothing();
    layout = await readWavHeader(asFile(path, rest));
    rest = rest.subarray(layout.dataOffset);
    await fill(frameBytes(layout.encoding!, layout.channels));
    if (rest.length < frameBytes(layout.encoding!, layout.channels)) throw nothing();
  } catch (error) {
    await kill();
    throw error;
  }
  const { sampleRate, channels } = layout;
  const size = frameBytes(layout.encoding!, channels);
  return {
    sampleRate,
    channels,
    decoder: 'ffmpeg',
    frames: undefined,
    counted: false,
    fromIntegers: false,
    read: async () => {
      await fill(size);
      const whole = rest.length - (rest.length % size);
      if (whole === 0) return undefined;
      const piece = pcmToMono(rest.subarray(0, whole), layout.encoding!, channels);
      rest = rest.subarray(whole);
      frames += piece.length;
      return piece;
    },
    warning: () => {
      if (exit === 0 && !/partial file|truncat|end of file/i.test(complaints)) return Promise.resolve(undefined);
      const warning: DecodeWarning = {
        code: 'DECODE_TRUNCATED',
        message: `decode: expected "${path}" to be whole, but ffmpeg stopped after ${(frames / sampleRate).toFixed(2)} s: ${complaint()}. What is there was used.`,
      };
      return Promise.resolve(warning);
    },
    close: kill,
  };
}
