import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../src/decode/index.js';
import { temporaryFolder } from '../support/real-samples.js';
import { pack, wav } from '../support/wav-bytes.js';

const work = temporaryFolder();
const values = [0, 1, -1, 32767, -32768, 12345, -2];

async function decoded(name: string, bytes: Uint8Array, options: { sampleRate: number; maxSeconds?: number; pcm16?: boolean }): ReturnType<typeof decodeFile> {
  const file = join(work, `${name}.wav`);
  writeFileSync(file, bytes);
  return decodeFile(file, options);
}

describe('16-bit integers', () => {
  it('come beside the samples where they are wanted, at the rate of the file and at any', async () => {
    const bytes = wav(pack(values, 's16'), { sampleRate: 22050 });
    for (const sampleRate of [22050, 0]) {
      const { samples, pcm16 } = await decoded('mono', bytes, { sampleRate, pcm16: true });
      expect([...pcm16!]).toEqual(values);
      expect([...samples]).toEqual(values.map((value) => value / 32768));
    }
    const { samples, pcm16 } = await decoded('mono', bytes, { sampleRate: 22050, maxSeconds: 3 / 22050, pcm16: true });
    expect([...pcm16!]).toEqual(values.slice(0, 3));
    expect(samples).toHaveLength(3);
  });

  it('do not come unasked, nor where the samples are other numbers', async () => {
    const mono = wav(pack(values, 's16'), { sampleRate: 22050 });
    expect(await decoded('unasked', mono, { sampleRate: 22050 })).not.toHaveProperty('pcm16');
    expect(await decoded('resampled', mono, { sampleRate: 16000, pcm16: true })).not.toHaveProperty('pcm16');
    expect(await decoded('stereo', wav(pack([1, 2, 3, 4], 's16'), { sampleRate: 22050, channels: 2 }), { sampleRate: 0, pcm16: true })).not.toHaveProperty('pcm16');
    expect(await decoded('float', wav(pack([0.5, -0.5], 'f32'), { sampleRate: 22050, bits: 32, tag: 3 }), { sampleRate: 0, pcm16: true })).not.toHaveProperty('pcm16');
  });
});
