/** What a file says of itself. */
export interface Tags {
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  /** The first, where there are several: it may serve as a label. */
  readonly genre: string | null;
}

/** Some programs put whole descriptions into a title. */
const MOST_CHARACTERS = 300;

/** A tag's text without what pads it and what no table could show; null where nothing is left. */
export function clean(text: string | undefined): string | null {
  const plain = (text ?? '').replace(/\p{Cc}+/gu, ' ').trim();
  return plain === '' ? null : [...plain].slice(0, MOST_CHARACTERS).join('');
}

/** @returns null where no tag says anything. */
export function cleanTags({ title = null, artist = null, album = null, genre = null }: Partial<Tags>): Tags | null {
  return title === null && artist === null && album === null && genre === null ? null : { title, artist, album, genre };
}
