import type { Sound } from './model.js';
import { localPath, originalUrl } from './playable.js';

/** An extended M3U in UTF-8 with the originals' places; names that would break a line are written as their URL. */
export function createPlaylist(title: string, sounds: readonly Sound[]): string {
  const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');
  const lines = ['#EXTM3U', `#PLAYLIST:${oneLine(title)}`];
  for (const sound of sounds) {
    const seconds = Number.isFinite(sound.durationSeconds) ? Math.round(sound.durationSeconds) : -1;
    const path = localPath(sound);
    lines.push(
      `#EXTINF:${seconds},${oneLine(sound.name)}`,
      /[\r\n]|^#/.test(path) ? (originalUrl(sound) ?? oneLine(path)) : path,
    );
  }
  return `${lines.join('\n')}\n`;
}
