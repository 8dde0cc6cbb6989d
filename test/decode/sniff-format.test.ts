import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findMpegStart, id3Bytes, parseMpegHeader } from '../../src/decode/mpeg-header.js';
import { SNIFF_BYTES, sniffFormat } from '../../src/decode/sniff-format.js';
import { createRandom } from '../../src/random.js';
import { join, text } from '../support/wav-bytes.js';

const fixtures = new URL('fixtures/', import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, fixtures)));
const random = createRandom(11);
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.integer(256));

describe('sniffFormat', () => {
  it.each([
    ['mono.mp3', 'mp3'],
    ['stereo.mp2', 'mp3'],
    ['mono.ogg', 'ogg-vorbis'],
    ['mono.opus', 'ogg-opus'],
    ['stereo-8k.oga', 'ogg-flac'],
    ['stereo-8k-24bit.flac', 'flac'],
    ['stereo-8k.w64', 'w64'],
    ['stereo-8k-rf64.wav', 'rf64'],
    ['mp3-inside.wav', 'wav'],
    ['stereo-8k-24bit.aiff', 'aiff'],
    ['stereo-8k-fl32.aifc', 'aiff'],
    ['codings/s16be.au', 'au'],
    ['codings/s24be.caf', 'caf'],
    ['codings/s16.wv', 'other'],
    ['stereo.m4a', 'other'],
  ] as const)('%s is %s, from 64 bytes or many', (name, format) => {
    for (const length of [64, SNIFF_BYTES, 65_536]) expect(sniffFormat(fixture(name).subarray(0, length))).toBe(format);
  });

  it.each(['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'wvpkxxxx', 'MAC xxxx', '\x1a\x45\xdf\xa3', 'xxxxftypM4A ', 'FORMxxxx8SVX'])(
    '%j begins what ffmpeg reads',
    (start) => expect(sniffFormat(text(start.padEnd(64, '\0')))).toBe('other'),
  );

  it.each(['', 'R', 'RIFF', 'RIFF....AVI LIST', 'FORM....ILBM', 'Ogg', 'hello, this is text', '{"a": 1}', '#EXTM3U', '\x89PNG\r\n\x1a\n', 'PK\x03\x04', '\xff\xd8\xff\xe0..JFIF', '....ftypheic', '....ftypavif', '<html>', '\xff\xfe<\0h\0', '\x7fELF'])(
    '%j begins no sound',
    (start) => expect(sniffFormat(text(start.padEnd(start.length < 10 ? start.length : 64, '\0')))).toBeUndefined(),
  );

  it('takes no noise for sound, nor a lone frame sync', () => {
    let taken = 0;
    for (let i = 0; i < 600; i++) if (sniffFormat(noise(SNIFF_BYTES)) !== undefined) taken += 1;
    expect(taken).toBe(0);
    expect(sniffFormat(join(Uint8Array.of(0xff, 0xfb, 0x90, 0x64), noise(SNIFF_BYTES)))).toBeUndefined();
    expect(sniffFormat(join(Uint8Array.of(0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc), noise(SNIFF_BYTES)))).toBeUndefined();
  });

  it('finds an MP3 behind a tag, behind rubbish, and a FLAC behind a tag', () => {
    const mp3 = fixture('stereo.mp3');
    expect(sniffFormat(join(text('ID3\x04\0\0\0\0\0\x0a'), new Uint8Array(10), mp3))).toBe('mp3');
    expect(sniffFormat(text('ID3\x04\0\0\0\x7f\0\x0a'))).toBe('mp3');
    expect(sniffFormat(join(new Uint8Array(500), mp3))).toBe('mp3');
    expect(sniffFormat(join(text('ID3\x04\0\0\0\0\0\x0a'), new Uint8Array(10), fixture('stereo-8k-24bit.flac')))).toBe('flac');
  });

  it('knows every fixture', () => {
    const names = readdirSync(fixtures).filter((name) => name !== 'README.md' && name !== 'codings');
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect([name, sniffFormat(fixture(name))]).not.toEqual([name, undefined]);
  });
});

describe('MPEG headers', () => {
  it.each([
    [[0xff, 0xfb, 0x90, 0x64], { version: 1, layer: 3, sampleRate: 44100, channels: 2, frameSamples: 1152, frameBytes: 417 }],
    [[0xff, 0xfb, 0x92, 0xc4], { version: 1, layer: 3, channels: 1, frameBytes: 418, sideBytes: 17 }],
    [[0xff, 0xf3, 0x84, 0x64], { version: 2, layer: 3, sampleRate: 24000, frameSamples: 576, frameBytes: 192 }],
    [[0xff, 0xe3, 0x18, 0xc4], { version: 2.5, layer: 3, sampleRate: 8000, channels: 1, frameBytes: 72, sideBytes: 9 }],
    [[0xff, 0xfd, 0x84, 0x04], { version: 1, layer: 2, sampleRate: 48000, frameSamples: 1152, frameBytes: 384 }],
    [[0xff, 0xff, 0x90, 0x04], { version: 1, layer: 1, sampleRate: 44100, frameSamples: 384, frameBytes: 312 }],
  ])('%j', (bytes, facts) => expect(parseMpegHeader(Uint8Array.from(bytes), 0)).toMatchObject(facts));

  it.each([[0xff, 0xdb, 0x90, 0x64], [0xff, 0xeb, 0x90, 0x64], [0xff, 0xf9, 0x90, 0x64], [0xff, 0xfb, 0xf0, 0x64], [0xff, 0xfb, 0x00, 0x64], [0xff, 0xfb, 0x9c, 0x64], [0xff, 0xfb, 0x90, 0x62]])(
    '%j %j %j %j is none',
    (...bytes) => expect(parseMpegHeader(Uint8Array.from(bytes), 0)).toBeUndefined(),
  );

  it('finds the first frame behind rubbish, exactly', () => {
    const mp3 = fixture('mono.mp3').subarray(id3Bytes(fixture('mono.mp3')));
    expect(findMpegStart(mp3)).toBe(0);
    expect(findMpegStart(join(noise(777).fill(0xff, 100, 120), mp3))).toBe(777);
    expect(findMpegStart(noise(65_536))).toBeUndefined();
  });

  it('measures an ID3 tag, with its footer', () => {
    expect(id3Bytes(text('ID3\x04\0\0\0\0\x02\x01'))).toBe(10 + 257);
    expect(id3Bytes(text('ID3\x04\0\x10\0\0\x02\x01'))).toBe(20 + 257);
    expect(id3Bytes(text('ID3\x04\0\0\0\0\x02\x81'))).toBe(0);
    expect(id3Bytes(text('ID3\x04'))).toBe(0);
  });
});
