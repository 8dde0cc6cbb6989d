import type { AnalysisSettings } from '../config/analysis.js';
import { decodeFile, excerptOf, type DecodedAudio, type DecodeOptions } from '../decode/index.js';
import { readTags, type Tags } from '../tags/index.js';

/** What a file is decoded with to be measured, and a place for what its tags say. */
export function measuringOptions({ sampleRate, ...settings }: AnalysisSettings): { options: DecodeOptions; tags: () => Tags | null } {
  const excerpt = excerptOf(settings);
  let tags: Tags | null = null;
  const onOpen: DecodeOptions['onOpen'] = async (file, format) => {
    tags = await readTags(file, format);
  };
  return { options: { sampleRate, onOpen, ...(excerpt && { excerpt }) }, tags: () => tags };
}

/**
 * Decodes a file, or the excerpt that the settings ask for, and reads its tags.
 *
 * @param maxSeconds of a whole sound: the rest of a longer one is not decoded.
 */
export async function decodeForMeasuring(path: string, settings: AnalysisSettings, pcm16 = false, maxSeconds = Infinity): Promise<DecodedAudio & { readonly tags: Tags | null }> {
  const { options, tags } = measuringOptions(settings);
  const decoded = await decodeFile(path, { ...options, pcm16, ...(options.excerpt === undefined && { maxSeconds }) });
  return { ...decoded, tags: tags() };
}
