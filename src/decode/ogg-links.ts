import { fourCharacters } from './walk-chunks.js';

/** Cuts an Ogg file, as it is read, where one stream ends and the next of its chain begins. */
export interface OggLinks {
  /** The next bytes in parts: each but the first begins a link. Bytes of a page's header at the end are kept for the next call. */
  push(bytes: Uint8Array): [Uint8Array, ...Uint8Array[]];
  /** What was kept, at the end. */
  rest(): Uint8Array;
}

const HEADER_BYTES = 27;
const FIRST_OF_STREAM = 2;
/** A header, its lacing values, and the first bytes of what the page holds. */
const NEEDED_BYTES = HEADER_BYTES + 255 + 8;

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

const isPage = (bytes: Uint8Array, at: number): boolean => bytes[at] === 0x4f && fourCharacters(bytes, at) === 'OggS' && bytes[at + 4] === 0;

/** @param identification what the first packet of a stream begins with, such as `\x01vorbis`. */
export function createOggLinks(identification: string): OggLinks {
  let kept: Uint8Array = new Uint8Array(0);
  let toSkip = 0; // bytes of a page before the next header
  let pages = 0;

  const beginsLink = (bytes: Uint8Array, at: number): boolean => {
    const payload = at + HEADER_BYTES + bytes[at + 26]!;
    return (bytes[at + 5]! & FIRST_OF_STREAM) !== 0 && [...identification].every((character, i) => bytes[payload + i] === character.charCodeAt(0));
  };

  return {
    push: (more) => {
      const bytes = kept.length === 0 ? more : concat(kept, more);
      const cuts = [0];
      let at = toSkip;
      while (at + NEEDED_BYTES <= bytes.length) {
        if (!isPage(bytes, at)) {
          // Damage: go on at the next thing that looks like a page.
          const next = bytes.indexOf(0x4f, at + 1);
          at = next < 0 ? bytes.length : next;
          continue;
        }
        if (pages > 0 && beginsLink(bytes, at)) cuts.push(at);
        pages += 1;
        const segments = bytes[at + 26]!;
        let page = HEADER_BYTES + segments;
        for (let i = 0; i < segments; i++) page += bytes[at + HEADER_BYTES + i]!;
        at += page;
      }
      const end = Math.min(at, bytes.length);
      toSkip = at - end;
      kept = bytes.slice(end);
      const parts = cuts.map((cut, i) => bytes.subarray(cut, cuts[i + 1] ?? end));
      return [parts[0] ?? bytes.subarray(0, end), ...parts.slice(1)];
    },
    rest: () => kept,
  };
}
