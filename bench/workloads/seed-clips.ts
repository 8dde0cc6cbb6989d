/** The classic job's sounds: WAV clips of 30 s at 22 050 Hz, of four kinds, with labels.csv. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFile, encodeWav } from '../../src/decode/index.js';
import { keptFolder, realSounds } from './data-folder.js';

export const CLIP_SECONDS = 30;
export const CLIP_RATE = 22_050;
const LABELS = ['bd_', 'loop_', 'ambi_', 'tabla_'];

/** Clips of one label repeat sounds of one kind until they are full. @returns the folder. */
export function seedClips(count = 50): Promise<string> {
  return keptFolder(`seed-clips-${count}`, async (folder) => {
    const lines = ['path,label'];
    for (let i = 0; i < count; i++) {
      const label = LABELS[i % LABELS.length]!;
      const files = realSounds(label);
      const clip = new Float32Array(CLIP_SECONDS * CLIP_RATE);
      let at = 0;
      for (let n = i; at < clip.length; n += 3) {
        const { samples } = await decodeFile(files[n % files.length]!, { sampleRate: CLIP_RATE });
        clip.set(samples.subarray(0, clip.length - at), at);
        at += samples.length;
      }
      writeFileSync(join(folder, `clip-${i}.wav`), encodeWav(clip, CLIP_RATE));
      lines.push(`clip-${i}.wav,${label.slice(0, -1)}`);
    }
    writeFileSync(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
  });
}
