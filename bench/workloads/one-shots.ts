/** A sample library: one-shots of 0.2 to 2 s, WAV at 44 100 Hz. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFile, encodeWav } from '../../src/decode/index.js';
import { createRandom } from '../../src/random.js';
import { keptFolder, realSounds } from './data-folder.js';

const RATE = 44_100;

/** Each is a part of a real sound, at a level of its own. @returns the folder. */
export function oneShots(count: number): Promise<string> {
  return keptFolder(`one-shots-${count}`, async (folder) => {
    const sources: Float32Array[] = [];
    for (const file of realSounds()) {
      const { samples } = await decodeFile(file, { sampleRate: RATE });
      if (samples.length >= 0.2 * RATE) sources.push(samples);
    }
    const random = createRandom(2);
    for (let i = 0; i < count; i++) {
      const source = sources[i % sources.length]!;
      const length = Math.min(source.length, Math.round((0.2 + 1.8 * random.next() ** 2) * RATE));
      const start = random.integer(source.length - length + 1);
      const gain = 0.3 + 0.7 * random.next();
      writeFileSync(join(folder, `shot-${i}.wav`), encodeWav(source.slice(start, start + length).map((value) => gain * value), RATE));
    }
  });
}
