import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLaw, muLaw } from '../../src/decode/g711.js';
import { mixChannels, type PcmEncoding, pcmToMono } from '../../src/decode/pcm.js';
import { pack, type SampleKind } from '../support/wav-bytes.js';

const KINDS: readonly { kind: SampleKind; encoding: Omit<PcmEncoding, 'bigEndian'>; fullScale: number }[] = [
  { kind: 'u8', encoding: { kind: 'unsigned', bytes: 1 }, fullScale: 128 },
  { kind: 's8', encoding: { kind: 'signed', bytes: 1 }, fullScale: 128 },
  { kind: 's16', encoding: { kind: 'signed', bytes: 2 }, fullScale: 32768 },
  { kind: 's24', encoding: { kind: 'signed', bytes: 3 }, fullScale: 8388608 },
  { kind: 's32', encoding: { kind: 'signed', bytes: 4 }, fullScale: 2147483648 },
];

/** float32 arithmetic, one operation at a time, as NumPy's mean over the channels. */
function slowMono(values: ArrayLike<number>, fullScale: number, channels: number): number[] {
  const mono: number[] = [];
  for (let frame = 0; frame < Math.floor(values.length / channels); frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum = Math.fround(sum + Math.fround(values[frame * channels + channel]! / fullScale));
    }
    mono.push(Math.fround(sum / channels));
  }
  return mono;
}

describe.each(KINDS)('pcmToMono, $kind', ({ kind, encoding, fullScale }) => {
  it('gives every integer over its full scale, to the bit, for any channels, byte order and alignment', () => {
    const samples = fc.array(fc.integer({ min: -fullScale, max: fullScale - 1 }), { maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 7 }), fc.boolean(), fc.integer({ min: 0, max: 3 }), (values, channels, bigEndian, shift) => {
        const packed = pack(values, kind, bigEndian);
        const shifted = new Uint8Array(packed.length + shift);
        shifted.set(packed, shift);
        const mono = pcmToMono(shifted.subarray(shift), { ...encoding, bigEndian }, channels);
        expect([...mono]).toEqual(slowMono(values, fullScale, channels));
        expect([...shifted.subarray(shift)]).toEqual([...packed]); // the input is left as it was
      }),
    );
  });

  it('does so over many blocks of the kernel too, and at lengths that fill no register', () => {
    const values = Array.from({ length: 2 * 8192 * 2 + 6 }, (_, i) => ((i * 2654435761) % (2 * fullScale)) - fullScale);
    for (const channels of [1, 2]) expect(pcmToMono(pack(values, kind), { ...encoding, bigEndian: false }, channels)).toEqual(Float32Array.from(slowMono(values, fullScale, channels)));
  });

  it('keeps both ends of the scale: the lowest is -1, the highest is short of 1', () => {
    const mono = pcmToMono(pack([-fullScale, fullScale - 1, 0], kind), { ...encoding, bigEndian: false }, 1);
    expect(mono[0]).toBe(-1);
    expect(mono[1]).toBe(Math.fround((fullScale - 1) / fullScale));
    expect(mono[2]).toBe(0);
  });
});

describe('pcmToMono, floats and laws', () => {
  it.each([4, 8] as const)('gives floats of %i bytes as they are', (bytes) => {
    const kind = bytes === 4 ? 'f32' : 'f64';
    const floats = fc.array(fc.float({ noNaN: true, min: -4, max: 4 }), { maxLength: 40 });
    fc.assert(
      fc.property(floats, fc.boolean(), (values, bigEndian) => {
        const mono = pcmToMono(pack(values, kind, bigEndian), { kind: 'float', bytes, bigEndian }, 1);
        expect(mono).toEqual(Float32Array.from(values));
      }),
    );
  });

  // ITU-T G.711, tables 1a and 2a: first, second and last of each half, on the 16-bit scale.
  it('knows the ends of both laws', () => {
    expect([0x55, 0xd5, 0x54, 0x2a, 0xaa].map((code) => aLaw()[code])).toEqual([-8, 8, -24, -32256, 32256]);
    expect([0xff, 0x7f, 0xfe, 0x00, 0x80].map((code) => muLaw()[code])).toEqual([0, -0, 8, -32124, 32124].map((v) => v + 0));
  });

  it('leaves out a frame that is cut', () => {
    expect(pcmToMono(pack([1, 2, 3], 's16').subarray(0, 5), { kind: 'signed', bytes: 2, bigEndian: false }, 2)).toHaveLength(1);
  });
});

describe('mixChannels', () => {
  it('is the mean of the channels', () => {
    const [a, b, c] = [Float32Array.of(0.5, -1), Float32Array.of(0.25, 1), Float32Array.of(0, 0.75)];
    expect([...mixChannels([a, b])]).toEqual([0.375, 0]);
    expect([...mixChannels([a, b, c])]).toEqual([0.25, 0.25]);
    expect(mixChannels([a])).toBe(a);
    expect(mixChannels([])).toHaveLength(0);
    expect([...a, ...b, ...c]).toEqual([0.5, -1, 0.25, 1, 0, 0.75]);
  });
});
