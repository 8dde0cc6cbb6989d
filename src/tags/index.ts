/** What files say of themselves: title, artist, album, genre. */
export type { Tags } from './clean-tags.js';
export { readTags, type TaggedFile } from './read-tags.js';
