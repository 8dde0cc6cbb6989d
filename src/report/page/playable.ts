import type { Sound } from './model.js';

const MIME_TYPES: Record<string, string> = {
  aif: 'audio/aiff',
  aiff: 'audio/aiff',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg; codecs="vorbis"',
  opus: 'audio/ogg; codecs="opus"',
  vorbis: 'audio/ogg; codecs="vorbis"',
  wav: 'audio/wav',
};

const probe = document.createElement('audio');

/** The original's address, if it is one that a report may play or link to: on the disk or beside the report. */
export function originalUrl(sound: Sound): string | null {
  try {
    const url = new URL(sound.url, location.href);
    return sound.url !== '' && /^(file|https?):$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Why this browser cannot play a sound, or null where it can try. */
export function whyNotPlayable(sound: Sound): string | null {
  if (sound.preview) return null;
  const format = sound.format.toLowerCase();
  const type = MIME_TYPES[format];
  if (type !== undefined && probe.canPlayType(type) === '') {
    return `This browser cannot play ${format.toUpperCase()} files, and there is no preview of this one.`;
  }
  return originalUrl(sound) === null ? 'There is no preview of this sound, and no address to play it from.' : null;
}

/** The original's place on this disk where its address tells it, or else its relative path. */
export function localPath(sound: Sound): string {
  const href = originalUrl(sound);
  if (href === null) return sound.path;
  const url = new URL(href);
  if (url.protocol !== 'file:') return href;
  try {
    const path = decodeURIComponent(url.pathname);
    if (url.host) return `//${url.host}${path}`;
    return path.replace(/^\/([a-z]:)/i, '$1'); // file:///C:/x is C:/x
  } catch {
    return href;
  }
}
