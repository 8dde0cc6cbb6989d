import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../node_modules/supersonic-scsynth-samples/samples/', import.meta.url);

export function realSoundPath(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** A sound of the development samples, mixed to mono. */
export async function realSound(name: string): Promise<{ samples: Float32Array; sampleRate: number }> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  const { channelData, sampleRate } = await decoder.decodeFile(await readFile(realSoundPath(name)));
  decoder.free();
  const samples = new Float32Array(channelData[0]?.length ?? 0);
  for (const channel of channelData) channel.forEach((x, i) => (samples[i] = (samples[i] ?? 0) + x / channelData.length));
  return { samples, sampleRate };
}
