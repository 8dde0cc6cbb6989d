import { SoundkinError } from '../errors.js';

/** One of `count` parts of a library's sounds. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/**
 * A shard as people write it: `2/8` is the second of eight.
 *
 * @throws USAGE when the text is no such thing.
 */
export function shardOf(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && Number.isSafeInteger(count) && index >= 1 && index <= count) return { index, count };
  throw new SoundkinError('USAGE', `extract: expected --shard to be a part and the number of parts, such as 1/4, got "${text}". The first part is 1.`);
}

/**
 * Whether a track is in a shard. That depends on its path alone, so a track stays where it is when others come or go, and shards are even to within chance.
 *
 * @param path relative to the scanned folder, with forward slashes, so that it is the same wherever the folder is mounted.
 */
export function inShard(path: string, { index, count }: Shard): boolean {
  return hash(path) % count === index - 1;
}

/** FNV-1a over the code units, then MurmurHash3's last steps, without which similar names fall together. Of composed characters: file systems differ in that. */
function hash(path: string): number {
  const text = path.normalize('NFC');
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
