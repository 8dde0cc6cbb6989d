import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeFile, openSoundStream } from '../../src/decode/index.js';
import { SoundkinError } from '../../src/errors.js';
import { createRandom } from '../../src/random.js';
import { mutateBytes } from './mutate-bytes.js';

const fixtures = fileURLToPath(new URL('../decode/fixtures/', import.meta.url));
const NO_SOUNDS = /\.(md|py|json)$/;

/** Every sound of the decoders' fixtures, in a fixed order. */
export const fuzzedNames: readonly string[] = ['', 'codings/'].flatMap((folder) =>
  readdirSync(join(fixtures, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !NO_SOUNDS.test(entry.name))
    .map((entry) => `${folder}${entry.name}`)
    .sort(),
);

const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(fixtures, name)));

/** The damaged file of one number: the same for the same seed. */
export function damagedFile(seed: number, index: number): { name: string; bytes: Uint8Array } {
  const random = createRandom(seed).fork(index);
  const name = fuzzedNames[index % fuzzedNames.length]!;
  return { name, bytes: mutateBytes(read(name), random, read(fuzzedNames[random.integer(fuzzedNames.length)]!)) };
}

/** What came of one file: a sound, a sound with a warning, or the code of one of our errors. */
export type Outcome = 'sound' | 'warning' | string;

async function streamed(path: string, sampleRate: number, blockSamples: number): Promise<{ outcome: Outcome; samples: Float32Array[] }> {
  const samples: Float32Array[] = [];
  try {
    const stream = await openSoundStream(path, { sampleRate, blockSamples });
    for await (const block of stream) samples.push(block);
    return { outcome: (await stream.facts()).warning === undefined ? 'sound' : 'warning', samples };
  } catch (error) {
    if (error instanceof SoundkinError) return { outcome: error.code, samples };
    throw error;
  }
}

/**
 * Decodes a damaged file whole and as a stream, and compares the two.
 *
 * @throws anything but our own errors; an error when the two differ, or a sample is not finite.
 */
export async function decodeDamaged(path: string, seed: number, index: number): Promise<Outcome> {
  writeFileSync(path, damagedFile(seed, index).bytes);
  const sampleRate = [0, 22_050, 16_000][index % 3]!;
  let outcome: Outcome;
  let samples = new Float32Array(0);
  try {
    const sound = await decodeFile(path, { sampleRate });
    samples = sound.samples as Float32Array<ArrayBuffer>;
    outcome = sound.warning === undefined ? 'sound' : 'warning';
    if (!samples.every(Number.isFinite)) throw new Error('a sample is not finite');
  } catch (error) {
    if (!(error instanceof SoundkinError)) throw error;
    if (!error.code.startsWith('DECODE_')) throw error;
    outcome = error.code;
  }
  const stream = await streamed(path, sampleRate, 1 + ((index * 7919) % 30_000));
  if (stream.outcome !== outcome) throw new Error(`decodeFile ended in ${outcome}, the stream in ${stream.outcome}`);
  if (outcome !== 'sound' && outcome !== 'warning') return outcome;
  let at = 0;
  for (const block of stream.samples) for (const value of block) if (value !== samples[at++]) throw new Error(`sample ${at - 1} of the stream is ${value}, not ${samples[at - 1]}`);
  if (at !== samples.length) throw new Error(`the stream has ${at} samples, not ${samples.length}`);
  return outcome;
}
