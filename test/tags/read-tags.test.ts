import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileBytes } from '../../src/decode/file-bytes.js';
import { readTags, type Tags } from '../../src/tags/index.js';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'soundkin-tags-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function chunk(id: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

const FMT = Buffer.from([1, 0, 1, 0, 0x22, 0x56, 0, 0, 0x44, 0xac, 0, 0, 2, 0, 16, 0]);
const wav = (...chunks: Buffer[]): Buffer => chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', FMT), ...chunks]));
const info = (...entries: Buffer[]): Buffer => chunk('LIST', Buffer.concat([Buffer.from('INFO'), ...entries]));
const data = chunk('data', Buffer.alloc(101));

async function tagsOf(bytes: Uint8Array, format: string, name = 'x'): Promise<Tags | null> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const file = await openFileBytes(path);
  try {
    return await readTags(file, format);
  } finally {
    await file.close();
  }
}

describe('RIFF INFO', () => {
  it('is read before the data and behind it, past odd chunks', async () => {
    const list = info(chunk('INAM', Buffer.from('Kick 1\0')), chunk('IART', Buffer.from('Ann')), chunk('IGNR', Buffer.from('House\0')));
    const expected = { title: 'Kick 1', artist: 'Ann', album: null, genre: 'House' };
    expect(await tagsOf(wav(list, data), 'wav')).toEqual(expected);
    expect(await tagsOf(wav(chunk('odd ', Buffer.alloc(7)), data, list), 'wav')).toEqual(expected);
  });
  it('knows UTF-8 and Latin-1', async () => {
    expect((await tagsOf(wav(info(chunk('INAM', Buffer.from('é', 'utf8')))), 'wav'))?.title).toBe('é');
    expect((await tagsOf(wav(info(chunk('INAM', Buffer.from([0xe9, 0x61, 0x80])))), 'wav'))?.title).toBe('éa');
  });
  it('takes the first of two, trims, and says nothing where nothing is said', async () => {
    expect((await tagsOf(wav(info(chunk('INAM', Buffer.from('  a\r\nb  ')), chunk('INAM', Buffer.from('c')))), 'wav'))?.title).toBe('a b');
    expect(await tagsOf(wav(info(chunk('INAM', Buffer.from('   \0'))), data), 'wav')).toBeNull();
    expect(await tagsOf(wav(data), 'wav')).toBeNull();
    expect(await tagsOf(wav(chunk('LIST', Buffer.from('adtlxxxx')), data), 'wav')).toBeNull();
  });
  it('cuts what is no title', async () => {
    expect((await tagsOf(wav(info(chunk('INAM', Buffer.from('x'.repeat(5000))))), 'wav'))?.title).toHaveLength(300);
  });
});

describe('damaged files', () => {
  it('have no tags or some, and never an exception', async () => {
    const whole = wav(info(chunk('INAM', Buffer.from('Kick'))), data, chunk('id3 ', Buffer.alloc(40, 0x49)));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), async (at, value, length) => {
        const broken = Buffer.from(whole);
        broken[at] = value;
        const tags = await tagsOf(broken.subarray(0, length), 'wav');
        expect(tags === null || typeof tags === 'object').toBe(true);
      }),
      { numRuns: 60 },
    );
  });
  it('of random bytes have none', async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 24);
    for (const format of ['wav', 'aiff', 'flac', 'mp3', 'ogg-vorbis', 'ogg-opus', 'other', 'w64', 'rf64']) expect(await tagsOf(bytes, format, 'x.bin')).toBeNull();
  });
});

describe.skipIf(!hasFfmpeg)('tags as ffmpeg writes them (skipped where it is missing)', () => {
  const cases: readonly [string, string, string[]][] = [
    ['a.wav', 'wav', []],
    ['a.aiff', 'aiff', ['-write_id3v2', '1']],
    ['a.flac', 'flac', []],
    ['a.mp3', 'mp3', []],
    ['a.ogg', 'ogg-vorbis', ['-c:a', 'libvorbis']],
    ['a.opus', 'ogg-opus', ['-c:a', 'libopus']],
    ['a.m4a', 'other', []],
  ];
  const said = { title: 'Träumerei', artist: 'Clara & Co', album: 'Kinderszenen', genre: 'Classical' };
  beforeAll(() => {
    for (const [name, , more] of cases) {
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=duration=0.3', ...Object.entries(said).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]), ...more, join(folder, name)]);
    }
  });
  it.each(cases)('%s', async (name, format) => {
    expect(await tagsOf(readFileSync(join(folder, name)), format, name)).toEqual(said);
  });
  it('an ID3v1 tag at the end of an MP3', async () => {
    const tag = Buffer.alloc(128);
    tag.write('TAG');
    tag.write('Kinderszenen', 3, 'latin1');
    tag.write('Klara', 33, 'latin1');
    tag[127] = 32;
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=duration=0.3', '-id3v2_version', '0', join(folder, 'b.mp3')]);
    const plain = readFileSync(join(folder, 'b.mp3'));
    expect(await tagsOf(plain, 'mp3', 'c.mp3')).toBeNull();
    expect(await tagsOf(Buffer.concat([plain, tag]), 'mp3', 'c.mp3')).toEqual({ title: 'Kinderszenen', artist: 'Klara', album: null, genre: 'Classical' });
  });
  it('from a file that is not held in memory', async () => {
    const file = await openFileBytes(join(folder, 'a.flac'), 16);
    expect(await readTags(file, 'flac')).toEqual(said);
    await file.close();
  });
});
