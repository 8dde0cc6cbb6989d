import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSound } from '../../src/decode/open-sound.js';
import { temporaryFolder } from '../support/real-samples.js';

const work = temporaryFolder();
const BLOCK = 65_535;

function crc(bytes: readonly number[], bits: 8 | 16, polynomial: number): number {
  let value = 0;
  const top = 2 ** (bits - 1);
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let i = 0; i < 8; i++) value = ((value & top) === 0 ? value << 1 : (value << 1) ^ polynomial) & (2 ** bits - 1);
  }
  return value;
}

/** Digital silence as FLAC: frames of 14 bytes that stand for a second and a half each. */
function silentFlac(frames: number, promises: boolean): Buffer {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(BLOCK, 0);
  info.writeUInt16BE(BLOCK, 2);
  // 44 100 Hz, one channel, 16 bits, and how many samples.
  info.writeBigUInt64BE((44_100n << 44n) | (15n << 36n) | (promises ? BigInt(frames * BLOCK) : 0n), 10);
  const parts = [Buffer.from('fLaC'), Buffer.from([0x80, 0, 0, 34]), info];
  for (let i = 0; i < frames; i++) {
    const number = i < 0x80 ? [i] : i < 0x800 ? [0xc0 | (i >> 6), 0x80 | (i & 63)] : [0xe0 | (i >> 12), 0x80 | ((i >> 6) & 63), 0x80 | (i & 63)];
    const header = [0xff, 0xf8, 0x70, 0x08, ...number, (BLOCK - 1) >> 8, (BLOCK - 1) & 255];
    const body = [...header, crc(header, 8, 0x07), 0, 0, 0];
    const check = crc(body, 16, 0x8005);
    parts.push(Buffer.from([...body, check >> 8, check & 255]));
  }
  return Buffer.concat(parts);
}

describe('silence that is packed ten thousand times denser than sound', () => {
  it.each([
    ['a header that says how much there is', true, 2 ** 23],
    ['a header that does not', false, 2 ** 26],
  ])('comes in pieces that memory can hold: %s', async (_, promises, most) => {
    const frames = 2000;
    const path = join(work, `silence-${promises}.flac`);
    const bytes = silentFlac(frames, promises);
    expect(bytes.length).toBeLessThan(2 ** 15);
    writeFileSync(path, bytes);
    const { source, file } = await openSound(path, { sampleRate: 0, maxSeconds: Infinity, identify: true });
    const lengths: number[] = [];
    for (let piece = await source.read(); piece !== undefined; piece = await source.read()) lengths.push(piece.length);
    await source.close();
    await file.close();
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(frames * BLOCK);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(most);
  });
});
