import { fileURLToPath } from 'node:url';
import { decodeFile } from '../../src/decode/index.js';
import { PREVIEW_RATE } from '../../src/report/index.js';

const folder = new URL('../../node_modules/supersonic-scsynth-samples/samples/', import.meta.url);

export function realSoundPath(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** A sound of the development samples, mono, as previews are made from. */
export async function realPreviewSound(name: string): Promise<Float32Array> {
  return (await decodeFile(realSoundPath(name), { sampleRate: PREVIEW_RATE })).samples;
}
