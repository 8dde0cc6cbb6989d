import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type DecodedAudio, decodeFile } from '../../src/decode/decode-file.js';
import { decodersHere } from '../../src/decode/decoders-here.js';
import { openFileBytes } from '../../src/decode/file-bytes.js';
import { ERROR_CODES } from '../../src/errors.js';
import { createRandom } from '../../src/random.js';
import { createSoundFolder } from '../support/sound-files.js';
import { join, pack, text, wav } from '../support/wav-bytes.js';

const files = createSoundFolder();
const fixtures = new URL('fixtures/', import.meta.url).pathname;
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(joinPath(fixtures, name)));

const left = (t: number): number => 0.3 * Math.sin(2 * Math.PI * 440 * t) + 0.2 * Math.sin(2 * Math.PI * 1250 * t);
const right = (t: number): number => 0.25 * Math.sin(2 * Math.PI * 660 * t) + 0.1 * Math.sin(2 * Math.PI * 3000 * t);
const middle = (t: number): number => (left(t) + right(t)) / 2;
/** LAME lowers what it encodes. */
const LAME_GAIN = 0.95;

/** Worst distance from the formula, leaving out the ends, where lossy encoders ring. */
function worstError(sound: DecodedAudio, formula: (t: number) => number, gain = 1): number {
  let worst = 0;
  const skip = Math.floor(0.05 * sound.sampleRate);
  for (let i = skip; i < sound.samples.length - skip; i++) worst = Math.max(worst, Math.abs(sound.samples[i]! - gain * formula(i / sound.sampleRate)));
  return worst;
}

/** Runs without any program on the PATH, so that ffmpeg cannot help. */
async function withoutFfmpeg<T>(run: () => Promise<T>): Promise<T> {
  vi.stubEnv('PATH', '/nowhere');
  try {
    return await run();
  } finally {
    vi.unstubAllEnvs();
  }
}

describe('the known tones, by every decoder', () => {
  // Tolerances are measured worst errors times about 2; one sample of delay would be 0.03 to 0.2, channels mixed up 0.3.
  it.each([
    ['mono.mp3', 'mp3', 'mpg123-wasm', 44100, 1, 44100, 0.001],
    ['stereo.mp3', 'mp3', 'mpg123-wasm', 44100, 2, 44100, 0.001],
    ['mono.ogg', 'ogg-vorbis', 'vorbis-wasm', 44100, 1, 44100, 0.012],
    ['stereo.ogg', 'ogg-vorbis', 'vorbis-wasm', 44100, 2, 44100, 0.012],
    ['mono.opus', 'ogg-opus', 'opus-wasm', 48000, 1, 48000, 0.012],
    ['stereo.opus', 'ogg-opus', 'opus-wasm', 48000, 2, 48000, 0.012],
    ['stereo-8k.oga', 'ogg-flac', 'flac-wasm', 8000, 2, 4000, 4e-5],
    ['stereo-8k-24bit.flac', 'flac', 'flac-wasm', 8000, 2, 4000, 3e-7],
    ['stereo-8k.w64', 'w64', 'wav', 8000, 2, 4000, 4e-5],
    ['stereo-8k-rf64.wav', 'rf64', 'wav', 8000, 2, 4000, 4e-5],
    ['stereo-8k-24bit.aiff', 'aiff', 'wav', 8000, 2, 4000, 3e-7],
    ['stereo-8k-fl32.aifc', 'aiff', 'wav', 8000, 2, 4000, 6e-8],
    ['stereo-8k-alaw.wav', 'wav', 'wav', 8000, 2, 4000, 0.02],
    ['stereo-8k-mulaw.wav', 'wav', 'wav', 8000, 2, 4000, 0.02],
  ] as const)('%s', async (name, format, decoder, sampleRate, channels, length, tolerance) => {
    const sound = await withoutFfmpeg(() => decodeFile(joinPath(fixtures, name), { sampleRate: 0 }));
    expect(sound).toMatchObject({ format, decoder, sampleRate, sourceSampleRate: sampleRate, channels });
    expect(sound.samples).toHaveLength(length);
    expect(sound.durationSeconds).toBe(length / sampleRate);
    expect(sound.warning).toBeUndefined();
    expect(worstError(sound, channels === 1 ? left : middle, format === 'mp3' ? LAME_GAIN : 1)).toBeLessThan(tolerance);
    expect(sound.contentId).toBe(createHash('sha256').update(fixture(name)).digest('hex').slice(0, 32));
  });

  it('MPEG layer II, which has no tag to tell its padding: 481 samples late', async () => {
    const sound = await decodeFile(joinPath(fixtures, 'stereo.mp2'), { sampleRate: 0 });
    expect(sound).toMatchObject({ format: 'mp3', decoder: 'mpg123-wasm', channels: 2 });
    expect(worstError(sound, (t) => middle(t - 481 / 44100))).toBeLessThan(0.09);
  });

  it('FLAC is to the bit what the same bits are in WAV, down to the lowest sample', async () => {
    const flac = await decodeFile(joinPath(fixtures, 'stereo-8k-24bit.flac'), { sampleRate: 0 });
    const aiff = await decodeFile(joinPath(fixtures, 'stereo-8k-24bit.aiff'), { sampleRate: 0 });
    expect(flac.samples).toEqual(aiff.samples);
    const ogg = await decodeFile(joinPath(fixtures, 'stereo-8k.oga'), { sampleRate: 0 });
    const w64 = await decodeFile(joinPath(fixtures, 'stereo-8k.w64'), { sampleRate: 0 });
    expect(ogg.samples).toEqual(w64.samples);
  });

  it('resampled on the way: the length of librosa.load, and the same tones', async () => {
    for (const name of ['stereo.mp3', 'stereo.ogg', 'stereo.opus']) {
      const sound = await decodeFile(joinPath(fixtures, name), { sampleRate: 22050 });
      expect(sound).toMatchObject({ sampleRate: 22050, durationSeconds: 1 });
      expect(sound.samples).toHaveLength(22050);
      expect(worstError(sound, middle, name.endsWith('mp3') ? LAME_GAIN : 1)).toBeLessThan(0.012);
    }
  });

  it('gives the same answer when many files are decoded at once', async () => {
    const names = ['stereo.mp3', 'stereo.ogg', 'stereo-8k.oga', 'stereo.opus', 'mono.mp3', 'stereo-8k-24bit.flac'];
    const alone: Float32Array[] = [];
    for (const name of names) alone.push((await decodeFile(joinPath(fixtures, name), { sampleRate: 16000 })).samples);
    const twice = await Promise.all([...names, ...names].map((name) => decodeFile(joinPath(fixtures, name), { sampleRate: 16000 })));
    twice.forEach((sound, i) => expect(sound.samples).toEqual(alone[i % names.length]));
  });
});

describe('real FLACs', () => {
  const samples = new URL('../../node_modules/supersonic-scsynth-samples/samples/', import.meta.url).pathname;

  it('every one is as long as its header says, and no louder than full scale', async () => {
    const names = readdirSync(samples).filter((name) => name.endsWith('.flac'));
    expect(names).toHaveLength(206);
    for (const name of names) {
      const bytes = readFileSync(joinPath(samples, name));
      const sound = await decodeFile(joinPath(samples, name), { sampleRate: 0 });
      expect([name, sound.samples.length]).toEqual([name, (bytes[21]! & 15) * 2 ** 32 + bytes.readUInt32BE(22)]);
      expect(sound.warning).toBeUndefined();
      let loudest = 0;
      for (const sample of sound.samples) loudest = Math.max(loudest, Math.abs(sample));
      expect(loudest).toBeLessThanOrEqual(1);
    }
  });
});

describe('files that are no sound, or a broken one', () => {
  const random = createRandom(23);
  const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.integer(256));

  it.each([
    ['nothing.wav', new Uint8Array(0), 'DECODE_EMPTY', 'the file is empty'],
    ['text.wav', text('These are only words, and no sound at all.\n'.repeat(50)), 'DECODE_NOT_AUDIO', 'no audio format'],
    ['noise.mp3', noise(200_000), 'DECODE_NOT_AUDIO', 'no audio format'],
    ['noise.flac', noise(5000), 'DECODE_NOT_AUDIO', 'no audio format'],
    ['tag-and-noise.mp3', join(text('ID3\x04\0\0\0\0\0\x0a'), new Uint8Array(10), noise(9000)), 'DECODE_NOT_AUDIO', 'behind the tag'],
    ['tag.mp3', join(text('ID3\x04\0\0\0\0\0\x0a'), new Uint8Array(10)), 'DECODE_NOT_AUDIO', 'behind the tag'],
    ['one-byte.ogg', Uint8Array.of(0x4f), 'DECODE_NOT_AUDIO', 'no audio format'],
    ['header.flac', fixture('stereo-8k-24bit.flac').subarray(0, 60), 'DECODE_EMPTY', 'not one frame'],
    ['header.ogg', fixture('stereo.ogg').subarray(0, 100), 'DECODE_EMPTY', 'not one frame'],
    ['header.opus', fixture('stereo.opus').subarray(0, 60), 'DECODE_EMPTY', 'not one frame'],
  ])('%s: %s', async (name, bytes, code, words) => {
    const path = files.write(name, bytes);
    for (const run of [(f: () => Promise<DecodedAudio>) => f(), withoutFfmpeg]) {
      const error = await run(() => decodeFile(path, { sampleRate: 22050 })).then(() => undefined, (thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'SoundkinError', code });
      expect((error as Error).message).toContain(words);
      expect((error as Error).message).toContain(name);
    }
    expect(ERROR_CODES[code as 'DECODE_EMPTY'].exit).toBe(1);
  });

  it('a path that is not there, and a folder: DECODE_READ', async () => {
    mkdirSync(joinPath(files.folder, 'folder.wav'));
    await expect(decodeFile(joinPath(files.folder, 'gone.wav'), { sampleRate: 0 })).rejects.toMatchObject({ code: 'DECODE_READ' });
    await expect(decodeFile(joinPath(files.folder, 'folder.wav'), { sampleRate: 0 })).rejects.toMatchObject({ code: 'DECODE_READ' });
  });

  it.each(['stereo.mp3', 'stereo-8k-24bit.flac', 'stereo.ogg', 'stereo.opus', 'stereo-8k.w64', 'stereo-8k.oga'])(
    '%s, cut at three fifths: what is there, and a warning',
    async (name) => {
      const whole = fixture(name);
      const path = files.write(`cut-${name}`, whole.subarray(0, Math.floor(0.6 * whole.length)));
      const sound = await withoutFfmpeg(() => decodeFile(path, { sampleRate: 0 })).catch((error: unknown) => error);
      // One Ogg page may hold the whole of a short sound: then a part of it is nothing.
      if (/opus|oga/.test(name) && sound instanceof Error) {
        expect(sound).toMatchObject({ code: 'DECODE_EMPTY' });
        return;
      }
      const { durationSeconds, warning } = sound as DecodedAudio;
      expect(durationSeconds).toBeGreaterThan(0.05);
      expect(durationSeconds).toBeLessThan(0.9);
      expect(warning?.code).toBe('DECODE_TRUNCATED');
      expect(warning?.message).toMatch(/ends early/);
    },
  );

  it('damaged content never prints, never hangs, and gives a sound or one of our errors; whole files are right afterwards', async () => {
    const printed = vi.spyOn(console, 'error');
    const warned = vi.spyOn(console, 'warn');
    await withoutFfmpeg(async () => {
      for (const name of ['stereo.mp3', 'stereo-8k-24bit.flac', 'stereo.ogg', 'stereo.opus', 'stereo-8k.oga', 'stereo-8k.w64', 'stereo-8k-24bit.aiff']) {
        for (let round = 0; round < 12; round++) {
          const bytes = fixture(name);
          for (let flip = 0; flip < 4 + 10 * round; flip++) bytes[random.integer(bytes.length)] = random.integer(256);
          const outcome = await decodeFile(files.write(`damaged-${name}`, bytes), { sampleRate: 16000 }).catch((error: unknown) => error);
          if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'SoundkinError', code: expect.stringMatching(/^DECODE_/) as string });
          else expect((outcome as DecodedAudio).samples.every(Number.isFinite)).toBe(true);
        }
        const whole = await decodeFile(joinPath(fixtures, name), { sampleRate: 0 });
        expect(worstError(whole, middle, name.endsWith('mp3') ? LAME_GAIN : 1)).toBeLessThan(0.012);
      }
    });
    expect(printed).not.toHaveBeenCalled();
    expect(warned).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('names and sizes', () => {
  it.each(['with space.wav', 'é nfc.wav', 'e\u0301 nfd.wav', '🎵.wav', 'new\nline.wav', '-i.wav', "quo'te\".wav", '%s$HOME.wav'])('%j', async (name) => {
    const sound = await decodeFile(files.write(name, wav(pack([16384], 's16'))), { sampleRate: 0 });
    expect([...sound.samples]).toEqual([0.5]);
  });

  it('a file too large for memory is read from the disk, with the same bytes and the same id', async () => {
    const bytes = wav(pack(Array.from({ length: 5000 }, (_, i) => i), 's16'));
    const path = files.write('large.wav', bytes);
    const [small, large] = [await openFileBytes(path), await openFileBytes(path, 100)];
    expect(large.whole).toBeUndefined();
    for (const [offset, length] of [[0, 12], [44, 9000], [9990, 5000], [20_000, 4]] as const) {
      expect([...(await large.read(offset, length))]).toEqual([...(await small.read(offset, length))]);
    }
    expect(await large.contentId()).toBe(await small.contentId());
    await Promise.all([small.close(), large.close()]);
  });
});

describe('decodersHere', () => {
  it('tells of every package, and of ffmpeg where there is none', async () => {
    const decoders = await withoutFfmpeg(decodersHere);
    expect(decoders.map(({ decoder, available }) => [decoder, available])).toEqual([
      ['wav', true],
      ['node-wav', true],
      ['flac-wasm', true],
      ['mpg123-wasm', true],
      ['vorbis-wasm', true],
      ['opus-wasm', true],
      ['resample-wasm', true],
      ['ffmpeg', false],
    ]);
    expect(decoders.at(-1)?.note).toContain('Install ffmpeg');
  });
});
