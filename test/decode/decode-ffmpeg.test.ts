import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openFfmpeg } from '../../src/decode/decode-ffmpeg.js';
import { type DecodedAudio, decodeFile } from '../../src/decode/decode-file.js';
import { createSoundFolder } from '../support/sound-files.js';

const files = createSoundFolder();
const fixtures = new URL('fixtures/', import.meta.url).pathname;
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const middle = (t: number): number =>
  (0.3 * Math.sin(2 * Math.PI * 440 * t) + 0.2 * Math.sin(2 * Math.PI * 1250 * t) + 0.25 * Math.sin(2 * Math.PI * 660 * t) + 0.1 * Math.sin(2 * Math.PI * 3000 * t)) / 2;

/** Correlation with the formula over the middle, `late` samples on. */
function likeness({ samples, sampleRate }: DecodedAudio, late: number): number {
  let [both, ours, theirs] = [0, 0, 0];
  for (let i = Math.floor(samples.length / 4); i < (samples.length * 3) / 4; i++) {
    const expected = middle((i - late) / sampleRate);
    both += samples[i]! * expected;
    ours += samples[i]! ** 2;
    theirs += expected ** 2;
  }
  return both / Math.sqrt(ours * theirs);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.skipIf(!hasFfmpeg)('with ffmpeg on the PATH (skipped where it is missing)', () => {
  // How alike a sound is to the formula, from -1 to 1; one sample of delay at 8 kHz gives 0.7. An MP3 inside a WAV keeps its padding.
  it.each([
    ['stereo.m4a', 'other', 44100, 2, 0],
    ['mp3-inside.wav', 'wav', 8000, 2, 1105],
  ] as const)('%s', async (name, format, sourceSampleRate, channels, late) => {
    const sound = await decodeFile(join(fixtures, name), { sampleRate: 0 });
    expect(sound).toMatchObject({ format, decoder: 'ffmpeg', sourceSampleRate, channels });
    expect(sound.durationSeconds).toBeGreaterThan(0.95);
    expect(sound.durationSeconds).toBeLessThan(1.2);
    expect(likeness(sound, late)).toBeGreaterThan(0.995);
  });

  it('resamples as every other decoder does', async () => {
    const sound = await decodeFile(join(fixtures, 'stereo.m4a'), { sampleRate: 22050 });
    expect(sound).toMatchObject({ sampleRate: 22050, sourceSampleRate: 44100 });
    expect(likeness(sound, 0)).toBeGreaterThan(0.995);
  });

  it.each(['-i.m4a', 'a:b.m4a', 'http:x.m4a', 'sp ace "quote\' $(x) é\n.m4a', '%03d.m4a'])('a name like %j is only a name', async (name) => {
    copyFileSync(join(fixtures, 'stereo.m4a'), join(files.folder, name));
    vi.spyOn(process, 'cwd').mockReturnValue(files.folder);
    expect((await decodeFile(join(files.folder, name), { sampleRate: 0 })).decoder).toBe('ffmpeg');
  });

  it('a container without its index fails with what ffmpeg says', async () => {
    const path = files.write('cut.m4a', readFileSync(join(fixtures, 'stereo.m4a')).subarray(0, 9000));
    await expect(decodeFile(path, { sampleRate: 0 })).rejects.toMatchObject({ code: 'DECODE_FAILED' });
    await expect(decodeFile(path, { sampleRate: 0 })).rejects.toThrow(/it said: moov atom not found/);
  });

  it('helps where a wasm decoder loses the thread: more of a damaged FLAC than without', async () => {
    const bytes = new Uint8Array(readFileSync(join(fixtures, 'stereo-8k-24bit.flac')));
    bytes.fill(0x55, 9000, 9040);
    const path = files.write('damaged.flac', bytes);
    const helped = await decodeFile(path, { sampleRate: 0 });
    vi.stubEnv('PATH', '/nowhere');
    const alone = await decodeFile(path, { sampleRate: 0 }).catch(() => undefined);
    expect(helped.durationSeconds).toBeGreaterThanOrEqual(alone?.durationSeconds ?? 0);
    expect(helped.durationSeconds).toBeGreaterThan(0.3);
  });
});

it('without ffmpeg: what only it reads is DECODE_UNSUPPORTED, and names it', async () => {
  vi.stubEnv('PATH', '/nowhere');
  for (const [name, words] of [['stereo.m4a', 'only ffmpeg reads'], ['mp3-inside.wav', 'MP3']] as const) {
    await expect(decodeFile(join(fixtures, name), { sampleRate: 0 })).rejects.toMatchObject({ code: 'DECODE_UNSUPPORTED' });
    await expect(decodeFile(join(fixtures, name), { sampleRate: 0 })).rejects.toThrow(words);
    await expect(decodeFile(join(fixtures, name), { sampleRate: 0 })).rejects.toThrow('Install ffmpeg');
  }
});

describe.skipIf(process.platform === 'win32')('an ffmpeg that does not behave', () => {
  /** Puts a script in its place. */
  function standIn(name: string, script: string): void {
    const folder = join(files.folder, name);
    mkdirSync(folder);
    files.write(join(name, 'ffmpeg'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'ffmpeg'), 0o755);
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
  }

  it.each([
    ['itself', 'exec sleep 60'],
    ['in a child', 'sleep 60'],
  ])('hangs %s: it is ended, and the error says so', async (name, script) => {
    standIn(`hangs-${name}`, script);
    await expect(openFfmpeg('any.m4a', Infinity, 0.2)).rejects.toMatchObject({ code: 'DECODE_FAILED' });
    await expect(openFfmpeg('any.m4a', Infinity, 0.2)).rejects.toThrow('said nothing for 0.2 seconds');
  });

  it('floods: only what is read is taken, and closing ends it', async () => {
    // A WAV header of two float32 channels, then zeros for ever.
    const header = '52494646ffffffff57415645666d7420100000000300020044ac000020620500080020006461746 1ffffffff'.replace(' ', '');
    standIn('floods', `printf '${header.replace(/../g, (hex) => `\\${Number.parseInt(hex, 16).toString(8).padStart(3, '0')}`)}'; exec cat /dev/zero`);
    const source = (await openFfmpeg('any.m4a'))!;
    expect(source).toMatchObject({ sampleRate: 44100, channels: 2, decoder: 'ffmpeg' });
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 5; i++) expect((await source.read())!.length).toBeGreaterThan(0);
    await new Promise((done) => setTimeout(done, 100));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 2 ** 20);
    await source.close();
  });

  it.skipIf(process.platform !== 'linux')('is held to 4 GiB of address space', async () => {
    standIn('asks', 'ulimit -v >&2; exit 1');
    await expect(openFfmpeg('any.m4a')).rejects.toThrow('it said: 4194304');
  });
});
