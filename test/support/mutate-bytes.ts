import type { Random } from '../../src/random.js';

type Mutation = (bytes: Uint8Array<ArrayBufferLike>, random: Random, other: Uint8Array) => Uint8Array;

/** Where headers are: most of what decoders believe stands here. */
const HEAD_BYTES = 200;
const MOST_BYTES = 2 ** 18;
const FIELDS = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

function piece(bytes: Uint8Array, random: Random): [start: number, end: number] {
  const start = random.integer(bytes.length + 1);
  return [start, Math.min(bytes.length, start + 1 + random.integer(1 + random.integer(1 + bytes.length)))];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const MUTATIONS: readonly Mutation[] = [
  // single bits
  (bytes, random) => {
    for (let i = random.integer(40); i >= 0; i--) bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    return bytes;
  },
  // bytes
  (bytes, random) => {
    for (let i = random.integer(40); i >= 0; i--) bytes[random.integer(bytes.length)] = random.integer(256);
    return bytes;
  },
  // bits of the header
  (bytes, random) => {
    for (let i = random.integer(6); i >= 0; i--) bytes[random.integer(Math.min(HEAD_BYTES, bytes.length))]! ^= 1 << random.integer(8);
    return bytes;
  },
  // a field of the header: 8 to 64 bits, either end first
  (bytes, random) => {
    const size = 2 ** random.integer(4);
    const at = random.integer(Math.max(1, Math.min(HEAD_BYTES, bytes.length) - size));
    const value = BigInt(FIELDS[random.integer(FIELDS.length)]!);
    const field = new DataView(new ArrayBuffer(8));
    field.setBigUint64(0, value, random.integer(2) === 0);
    const shown = new Uint8Array(field.buffer);
    for (let i = 0; i < size && at + i < bytes.length; i++) bytes[at + i] = value === 0xffff_ffffn ? 255 : shown[i]!;
    return bytes;
  },
  // the end is missing
  (bytes, random) => bytes.slice(0, random.integer(bytes.length)),
  // a piece is missing
  (bytes, random) => {
    const [start, end] = piece(bytes, random);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  // a piece comes again
  (bytes, random) => {
    const [start, end] = piece(bytes, random);
    return joined(bytes.subarray(0, end), bytes.subarray(start));
  },
  // a piece of something else, instead or in between
  (bytes, random, other) => {
    const [start, end] = piece(bytes, random);
    const [from, to] = piece(other, random);
    return joined(bytes.subarray(0, start), other.subarray(from, to), bytes.subarray(random.integer(2) === 0 ? start : end));
  },
  // a piece of one value
  (bytes, random) => {
    const [start, end] = piece(bytes, random);
    return bytes.fill([0, 255, 0x55][random.integer(3)]!, start, end);
  },
];

/**
 * A damaged copy of a file: one to four things happen to it.
 *
 * @param other a file that pieces are taken from.
 */
export function mutateBytes(original: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let bytes: Uint8Array = original.slice();
  for (let i = random.integer(4); i >= 0 && bytes.length > 0; i--) bytes = MUTATIONS[random.integer(MUTATIONS.length)]!(bytes, random, other);
  return bytes.subarray(0, MOST_BYTES);
}
