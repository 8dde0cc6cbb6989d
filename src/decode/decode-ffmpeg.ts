import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { SoundkinError } from '../errors.js';
import { type DecodedSound, type DecodeWarning, type Wanted } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { createMonoCollector, type MonoCollector } from './mono-collector.js';
import { frameBytes, type PcmLayout } from './pcm-layout.js';
import { pcmToMono } from './pcm.js';
import { readWavHeader } from './wav-header.js';

const COMMAND = 'ffmpeg';
/** The WAV header that ffmpeg writes is 44 to 200 bytes long; a first block this big holds it whole. */
const HEADER_BYTES = 4096;
const COMPLAINT_CHARACTERS = 300;

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

/**
 * The first audio stream of any file that ffmpeg reads, through a child process that writes float32 WAV into a pipe. Rate and
 * channels stay the file's; mixing and resampling are ours, so that they are the same for every format.
 *
 * @param path may be any name: no shell sees it, and it cannot be taken for an option or an address.
 * @returns undefined where there is no ffmpeg on the PATH.
 * @throws DECODE_FAILED when ffmpeg gives up; DECODE_EMPTY when it finds no sound.
 */
export async function decodeFfmpeg(path: string, { sampleRate, maxSeconds }: Wanted): Promise<DecodedSound | undefined> {
  const child = spawn(
    COMMAND,
    ['-v', 'error', '-nostdin', '-protocol_whitelist', 'file,pipe', '-i', `file:${resolve(path)}`]
      .concat(Number.isFinite(maxSeconds) ? ['-t', String(maxSeconds)] : [])
      .concat(['-map', '0:a:0', '-c:a', 'pcm_f32le', '-bitexact', '-f', 'wav', 'pipe:1']),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<number | 'missing'>((done) => {
    child.on('error', () => done('missing'));
    child.on('close', (code) => done(code ?? 1));
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    if (complaints.length < COMPLAINT_CHARACTERS) complaints += part;
  });

  let layout: PcmLayout | undefined;
  let collector: MonoCollector | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  const takeFrames = async (): Promise<void> => {
    if (layout === undefined) {
      layout = await readWavHeader(asFile(path, rest));
      rest = rest.subarray(layout.dataOffset);
      collector = await createMonoCollector(layout.sampleRate, sampleRate);
    }
    const size = frameBytes(layout.encoding!, layout.channels);
    const whole = rest.length - (rest.length % size);
    if (whole > 0) collector!.push(pcmToMono(rest.subarray(0, whole), layout.encoding!, layout.channels));
    rest = rest.subarray(whole);
  };

  try {
    for await (const part of child.stdout as AsyncIterable<Uint8Array>) {
      rest = rest.length === 0 ? part : concat(rest, part);
      if (layout !== undefined || rest.length >= HEADER_BYTES) await takeFrames();
    }
    const code = await ended;
    if (code === 'missing') return undefined;
    if (rest.length > 0 && (layout !== undefined || code === 0)) await takeFrames();
    const complaint = plainComplaint(complaints);
    const frames = collector?.taken ?? 0;
    if (layout === undefined || collector === undefined || frames === 0) {
      if (code === 0) throw new SoundkinError('DECODE_EMPTY', `decode: expected sound in "${path}", but ffmpeg found no samples. The file is empty or damaged.`);
      throw new SoundkinError('DECODE_FAILED', `decode: expected ffmpeg to decode "${path}", but it said: ${complaint || `exit ${code}`}. The file is damaged, or holds no sound.`);
    }
    const durationSeconds = frames / layout.sampleRate;
    const warning: DecodeWarning | undefined =
      code !== 0 || /partial file|truncat|end of file/i.test(complaints)
        ? {
            code: 'DECODE_TRUNCATED',
            message: `decode: expected "${path}" to be whole, but ffmpeg stopped after ${durationSeconds.toFixed(2)} s: ${complaint || `exit ${code}`}. What is there was used.`,
          }
        : undefined;
    return {
      samples: collector.finish(),
      sourceSampleRate: layout.sampleRate,
      channels: layout.channels,
      durationSeconds,
      decoder: 'ffmpeg',
      ...(warning === undefined ? {} : { warning }),
    };
  } finally {
    child.kill();
  }
}
