import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeFile, encodeWav, openSoundStream } from '../../src/decode/index.js';
import { createRandom } from '../../src/random.js';
import { createSoundFolder } from '../support/sound-files.js';
import { chunk, formatChunk, join, pack, riff, text, wav } from '../support/wav-bytes.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const real = fileURLToPath(new URL('../../node_modules/supersonic-scsynth-samples/samples/ambi_lunar_land.flac', import.meta.url));
const files = createSoundFolder();
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const names = readdirSync(fixtures).filter((name) => !/^codings$|\.md$/.test(name) && (hasFfmpeg || !/m4a|adpcm-8k|mp3-inside/.test(name)));

async function readAll(path: string, options: Parameters<typeof openSoundStream>[1]): Promise<{ blocks: Float32Array[]; facts: object }> {
  const stream = await openSoundStream(path, options);
  const blocks: Float32Array[] = [];
  try {
    for (let block = await stream.read(); block !== undefined; block = await stream.read()) blocks.push(block);
    return { blocks, facts: await stream.facts() };
  } finally {
    await stream.close();
  }
}

function whole(blocks: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  return samples;
}

/** As toEqual, in a fraction of its time. */
function expectSame(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((value, i) => value !== expected[i])).toBe(-1);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a stream', () => {
  it.each([...names.map((name) => joinPath(fixtures, name)), real])('is decodeFile to the bit, facts and all, at any rate and block size: %s', async (path) => {
    for (const [sampleRate, blockSamples] of [[0, 1000], [22050, 4096], [16000, 1 << 19], [22050, 777]] as const) {
      const { samples, ...facts } = await decodeFile(path, { sampleRate });
      const stream = await readAll(path, { sampleRate, blockSamples });
      expectSame(whole(stream.blocks), samples);
      expect(stream.blocks.slice(0, -1).every((block) => block.length === blockSamples)).toBe(true);
      // node-wav reads files that are in memory as a whole.
      expect(stream.facts).toEqual(facts);
    }
  });

  it('of a file larger than what is held in memory: the same samples and id, made on the way', async () => {
    const random = createRandom(5);
    const noise = Int16Array.from({ length: 3_000_000 }, () => random.integer(65_536) - 32_768);
    const path = files.write('large.wav', riff([chunk('JUNK', new Uint8Array(2_000_001)), formatChunk({ sampleRate: 44100, channels: 2 }), chunk('data', pack(noise, 's16')), chunk('LIST', new Uint8Array(3_000_000))]));
    const { samples, ...facts } = await decodeFile(path, { sampleRate: 22050 });
    const stream = await readAll(path, { sampleRate: 22050 });
    expectSame(whole(stream.blocks), samples);
    expect(stream.facts).toEqual(facts);
    const second = await readAll(path, { sampleRate: 22050, identify: false });
    expectSame(whole(second.blocks), samples);
    expect(second.facts).toEqual({ ...facts, contentId: '' });
  });

  it('is there for `for await`, which closes it', async () => {
    const stream = await openSoundStream(joinPath(fixtures, 'stereo.mp3'), { sampleRate: 22050, blockSamples: 5000 });
    expect(stream).toMatchObject({ sampleRate: 22050, sourceSampleRate: 44100, channels: 2, format: 'mp3', expectedSeconds: 1 });
    await expect(stream.facts()).rejects.toMatchObject({ code: 'INTERNAL' });
    let length = 0;
    for await (const block of stream) length += block.length;
    expect(length).toBe(22050);
    expect(await stream.facts()).toMatchObject({ durationSeconds: 1, contentId: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
    expect(await stream.read()).toBeUndefined();
  });

  it.each(['stereo.mp3', 'stereo.ogg', 'stereo.opus', 'stereo-8k-24bit.flac', 'stereo-8k.w64', ...(hasFfmpeg ? ['stereo.m4a'] : [])])('can be left early, and the next reading of %s is whole', async (name) => {
    const path = joinPath(fixtures, name);
    const { samples } = await decodeFile(path, { sampleRate: 0 });
    for (let round = 0; round < 3; round++) {
      const stream = await openSoundStream(path, { sampleRate: 0, blockSamples: 100 });
      expect(await stream.read()).toEqual(samples.subarray(0, 100));
      await stream.close();
      await stream.close();
      expect(await stream.read()).toBeUndefined();
    }
    for await (const block of await openSoundStream(path, { sampleRate: 0, blockSamples: 100 })) if (block.length > 0) break;
    expect(whole((await readAll(path, { sampleRate: 0 })).blocks)).toEqual(samples);
  });

  it('gives the warnings and errors of decodeFile', async () => {
    vi.stubEnv('PATH', '/nowhere');
    const bytes = readFileSync(joinPath(fixtures, 'stereo-8k-24bit.flac'));
    const cut = files.write('cut.flac', bytes.subarray(0, Math.floor(0.6 * bytes.length)));
    const { samples, ...facts } = await decodeFile(cut, { sampleRate: 0 });
    const stream = await readAll(cut, { sampleRate: 0, blockSamples: 500 });
    expect(facts.warning?.code).toBe('DECODE_TRUNCATED');
    expect(stream.facts).toEqual(facts);
    expectSame(whole(stream.blocks), samples);
    for (const [name, content] of [
      ['empty.wav', new Uint8Array(0)],
      ['words.wav', text('No sound at all, but words.'.repeat(9))],
      ['header.wav', wav(new Uint8Array(0))],
      ['slow.wav', wav(pack([1, 2, 3], 's16'), { sampleRate: 4 })],
      ['nan.wav', wav(pack([0.5, NaN, 0.5], 'f32'), { tag: 3, bits: 32 })],
      ['infinite.wav', wav(pack([0.5, -Infinity], 'f32'), { tag: 3, bits: 32, channels: 2 })],
      ['stereo.m4a', new Uint8Array(readFileSync(joinPath(fixtures, 'stereo.m4a')))],
    ] as const) {
      const path = files.write(name, content);
      for (const sampleRate of [0, 22050]) {
        const error = await decodeFile(path, { sampleRate }).then(() => undefined, (thrown: unknown) => thrown as Error);
        expect(error).toMatchObject({ name: 'SoundkinError' });
        await expect(readAll(path, { sampleRate })).rejects.toThrow(error!.message);
      }
    }
    await expect(openSoundStream(joinPath(files.folder, 'gone.wav'), { sampleRate: 0 })).rejects.toMatchObject({ code: 'DECODE_READ' });
  });

  it('needs no more memory for a longer sound, and decodes no further than it is read', async () => {
    const path = joinPath(files.folder, 'hours.wav');
    const data = 3 * 2 ** 30; // 13 hours of 16-bit silence at 32 kHz, none of it on the disk
    const header = join(text('RIFF'), new Uint8Array(4), text('WAVE'), formatChunk({ sampleRate: 32_000 }), text('data'), pack([data], 's32'));
    const handle = await open(path, 'w');
    await handle.write(header);
    await handle.truncate(header.length + data);
    await handle.close();
    const stream = await openSoundStream(path, { sampleRate: 16_000, identify: false });
    expect(stream.expectedSeconds).toBe(data / 2 / 32_000);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 50; i++) expect((await stream.read())?.length).toBe(2 ** 19);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
    await stream.close();
  });
});

describe('chained Ogg', () => {
  it.each([['stereo.ogg', 'mono.ogg'], ['mono.ogg', 'stereo.ogg'], ['stereo.opus', 'mono.opus'], ['stereo-8k.oga', 'codings/s16.oga']])('%s and then %s are one sound', async (first, second) => {
    const path = files.write('chained', join(readFileSync(joinPath(fixtures, first)), readFileSync(joinPath(fixtures, second))));
    const parts = await Promise.all([first, second].map((name) => decodeFile(joinPath(fixtures, name), { sampleRate: 0 })));
    const sound = await decodeFile(path, { sampleRate: 0 });
    expect(sound.warning).toBeUndefined();
    expectSame(sound.samples, whole(parts.map(({ samples }) => samples)));
  });
});

describe('beyond 4 GiB', () => {
  const far = 5 * 2 ** 30;
  const tail = pack([16384, -16384, 8192, 0], 's16');

  async function sparse(name: string, head: Uint8Array, dataBytes: number): Promise<string> {
    const path = joinPath(files.folder, name);
    const handle = await open(path, 'w');
    await handle.write(head);
    await handle.write(tail, 0, tail.length, head.length + dataBytes - tail.length);
    await handle.close();
    return path;
  }
  const size64 = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
  const guid = (id: string, rest: readonly number[]): Uint8Array => join(text(id), Uint8Array.from(rest));
  const W64 = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0x00, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a];
  const format = formatChunk({ sampleRate: 48_000 }).subarray(8);

  it.each([
    ['rf64', join(text('RF64'), pack([-1], 's32'), text('WAVE'), chunk('ds64', join(size64(far + 72), size64(far), size64(far / 2), new Uint8Array(4))), formatChunk({ sampleRate: 48_000 }), text('data'), pack([-1], 's32'))],
    ['w64', join(guid('riff', [0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0x00, 0x00]), size64(far + 104), guid('wave', W64), guid('fmt ', W64), size64(40), format, guid('data', W64), size64(far + 24))],
    ['wav', join(text('RIFF'), pack([-1], 's32'), text('WAVE'), formatChunk({ sampleRate: 48_000 }), text('data'), pack([-1], 's32'))],
    ['overflown.wav', join(text('RIFF'), pack([2 ** 30], 's32'), text('WAVE'), formatChunk({ sampleRate: 48_000 }), text('data'), pack([2 ** 30], 's32'))],
  ])('%s: the last samples are those that stand there', async (kind, head) => {
    const path = await sparse(`far.${kind}`, head, far);
    const seconds = 100 / 48_000;
    const sound = await decodeFile(path, { sampleRate: 0, identify: false, excerpt: { seconds, at: 'end' } });
    expect(sound.durationSeconds).toBe(far / 2 / 48_000);
    expect(sound.warning).toBeUndefined();
    expect(sound.samples).toHaveLength(100);
    expect([...sound.samples.subarray(-5)]).toEqual([0, 0.5, -0.5, 0.25, 0]);
    expect(sound.excerpt?.startSeconds).toBeCloseTo(far / 2 / 48_000 - seconds, 6);
  });
});

describe('an excerpt', () => {
  it.each([...names.map((name) => joinPath(fixtures, name)), real])('is cut from the whole at the file\'s rate, streamed or not: %s', async (path) => {
    const { samples, sampleRate } = await decodeFile(path, { sampleRate: 0 });
    const count = Math.round(0.2 * sampleRate);
    for (const [at, from] of [
      ['start', 0],
      ['middle', Math.floor((samples.length - count) / 2)],
      ['end', samples.length - count],
      [0.1, Math.round(0.1 * sampleRate)],
      [1000, samples.length - count],
    ] as const) {
      const excerpt = { seconds: 0.2, at };
      const decoded = await decodeFile(path, { sampleRate: 0, excerpt });
      expectSame(decoded.samples, samples.slice(from, from + count));
      expect(decoded.excerpt).toEqual({ startSeconds: from / sampleRate, seconds: count / sampleRate });
      const { samples: resampled, ...facts } = await decodeFile(path, { sampleRate: 22050, excerpt });
      expect(resampled).toHaveLength(Math.ceil((count * 22050) / sampleRate));
      const stream = await readAll(path, { sampleRate: 22050, blockSamples: 1024, excerpt });
      expectSame(whole(stream.blocks), resampled);
      expect(stream.facts).toEqual(facts);
    }
  });

  it('longer than the sound is all of it', async () => {
    const path = files.write('short.wav', encodeWav(Float32Array.of(0.5, -0.5, 0.25), 8000));
    for (const at of ['start', 'middle', 'end', 7] as const) {
      const { samples, excerpt } = await decodeFile(path, { sampleRate: 0, excerpt: { seconds: 60, at } });
      expect(samples).toHaveLength(3);
      expect(excerpt).toEqual({ startSeconds: 0, seconds: 3 / 8000 });
    }
  });

  it('of a file whose header promises too much lies in what is there', async () => {
    vi.stubEnv('PATH', '/nowhere');
    const bytes = readFileSync(joinPath(fixtures, 'stereo-8k-24bit.flac'));
    bytes.writeUInt32BE(2 ** 31, 22);
    const { samples } = await decodeFile(files.write('promise.flac', bytes), { sampleRate: 0, excerpt: { seconds: 0.1, at: 'middle' } });
    expect(samples).toEqual((await decodeFile(joinPath(fixtures, 'stereo-8k-24bit.flac'), { sampleRate: 0 })).samples.slice(1600, 2400));
  });
});
