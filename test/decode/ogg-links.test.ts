import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOggLinks } from '../../src/decode/ogg-links.js';
import { sniffFormat } from '../../src/decode/sniff-format.js';
import { join } from '../support/wav-bytes.js';

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const [stereo, mono, opus] = ['stereo.ogg', 'mono.ogg', 'stereo.opus'].map(fixture) as [Uint8Array, Uint8Array, Uint8Array];

/** The links of a file that is read in pieces of some sizes, in turn. */
function links(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chain = createOggLinks('\x01vorbis');
  const found: Uint8Array[][] = [[]];
  for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!) {
    const [first, ...more] = chain.push(bytes.subarray(at, at + sizes[i % sizes.length]!));
    // A part may be a view of the caller's bytes.
    found.at(-1)!.push(first.slice());
    for (const part of more) found.push([part.slice()]);
  }
  found.at(-1)!.push(chain.rest());
  return found.map((parts) => join(...parts));
}

describe('the links of an Ogg file', () => {
  it('are its streams, each to the byte, however it is read', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        expect(links(join(stereo, mono, stereo), sizes)).toEqual([stereo, mono, stereo]);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('begin with a stream of the same kind only, and rubbish in between goes with the one before', () => {
    expect(links(stereo, [5000])).toEqual([stereo]);
    expect(links(join(stereo, opus), [5000])).toEqual([join(stereo, opus)]);
    const rubbish = Uint8Array.from({ length: 700 }, (_, i) => (i * 31) & 255);
    expect(links(join(stereo, rubbish, mono), [5000])).toEqual([join(stereo, rubbish), mono]);
  });

  it('side by side are several streams at once, which are left to ffmpeg', () => {
    const firstPage = 27 + stereo[26]! + stereo[27]!;
    expect(sniffFormat(join(stereo.subarray(0, firstPage), mono))).toBe('other');
    expect(sniffFormat(stereo)).toBe('ogg-vorbis');
  });
});
