/** A music library: songs of 4 minutes, stereo at 44 100 Hz, a third each as MP3, Ogg Vorbis and FLAC. Made with ffmpeg. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFile } from '../../src/decode/index.js';
import { createRandom, type Random } from '../../src/random.js';
import { keptFolder, realSounds } from './data-folder.js';

export const SONG_SECONDS = 240;
const RATE = 44_100;
const FORMATS = [
  ['mp3', ['-c:a', 'libmp3lame', '-b:a', '192k']],
  ['ogg', ['-c:a', 'libvorbis', '-q:a', '5']],
  ['flac', ['-c:a', 'flac']],
] as const;

/** @returns the folder. @throws when ffmpeg is not on the PATH, or lacks an encoder. */
export function songs(count: number): Promise<string> {
  return keptFolder(`songs-${count}`, async (folder) => {
    const loops = await Promise.all([...realSounds('loop_'), ...realSounds('ambi_')].map(async (file) => (await decodeFile(file, { sampleRate: RATE })).samples));
    for (let i = 0; i < count; i++) {
      const [extension, codec] = FORMATS[i % FORMATS.length]!;
      await encode(mix(loops, createRandom(100 + i), SONG_SECONDS), codec, join(folder, `song-${i}.${extension}`));
    }
  });
}

/** Two loops at a time, at places of their own between left and right: 16-bit stereo, interleaved. */
function mix(loops: readonly Float32Array[], random: Random, seconds: number): Int16Array {
  const frames = seconds * RATE;
  const both = new Float32Array(2 * frames);
  for (let voice = 0; voice < 2; voice++) {
    for (let at = 0; at < frames; ) {
      const loop = loops[random.integer(loops.length)]!;
      const [left, right] = [0.2 + 0.3 * random.next(), 0.2 + 0.3 * random.next()];
      const length = Math.min(loop.length, frames - at);
      for (let i = 0; i < length; i++) {
        both[2 * (at + i)]! += left * loop[i]!;
        both[2 * (at + i) + 1]! += right * loop[i]!;
      }
      at += length;
    }
  }
  return Int16Array.from(both, (value) => Math.max(-32768, Math.min(32767, Math.round(32767 * value))));
}

async function encode(samples: Int16Array, codec: readonly string[], file: string): Promise<void> {
  const child = spawn('ffmpeg', ['-v', 'error', '-f', 's16le', '-ar', String(RATE), '-ac', '2', '-i', 'pipe:0', ...codec, '-y', file], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  const status = await new Promise<number | null>((done, fail) => {
    child.on('error', () => fail(new Error('songs are made with ffmpeg, which is not on the PATH')));
    child.on('close', done);
  });
  if (status !== 0) throw new Error(`ffmpeg could not make ${file}: ${complaint.trim().split('\n').at(-1)}`);
}

/** So many seconds of loops in a row as a WAV file, mono 16 bit at 22 050 Hz: the same loops in the same order, however many files they fill. */
interface LoopRow {
  write(file: string, seconds: number): void;
}

async function loopRow(): Promise<LoopRow> {
  const rate = 22_050;
  const loops = await Promise.all(realSounds('loop_').map(async (file) => (await decodeFile(file, { sampleRate: rate })).samples));
  let next = 0;
  let rest = Buffer.alloc(0);
  return {
    write: (path, seconds) => {
      const bytes = 2 * Math.round(seconds * rate);
      const file = openSync(path, 'w');
      writeSync(file, wavHeader(bytes, rate));
      for (let left = bytes; left > 0; ) {
        if (rest.length === 0) rest = Buffer.from(Int16Array.from(loops[next++ % loops.length]!, (value) => Math.max(-32768, Math.min(32767, Math.round(32767 * value)))).buffer);
        const written = writeSync(file, rest.subarray(0, left));
        rest = rest.subarray(written);
        left -= written;
      }
      closeSync(file);
    },
  };
}

function wavHeader(bytes: number, rate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}

/** One WAV file of many hours. @returns its folder. */
export function longFile(hours: number): Promise<string> {
  return keptFolder(`long-file-${hours}`, async (folder) => (await loopRow()).write(join(folder, `${hours}-hours.wav`), hours * 3600));
}

/** The same sound in files of equal length. @returns their folder. */
export function longFileInParts(hours: number, parts: number): Promise<string> {
  return keptFolder(`long-file-${hours}-in-${parts}`, async (folder) => {
    const loops = await loopRow();
    for (let part = 0; part < parts; part++) loops.write(join(folder, `part-${part}.wav`), (hours * 3600) / parts);
  });
}
