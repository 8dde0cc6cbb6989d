/** Builds WAV and AIFF files byte by byte, sound or broken, for the tests of the readers. */

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export function text(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}

export interface ChunkOptions {
  /** What the header says instead of the true size. */
  readonly size?: number;
  /** False leaves out the pad byte behind an odd size. */
  readonly pad?: boolean;
  readonly bigEndian?: boolean;
}

export function chunk(id: string, body: Uint8Array, options: ChunkOptions = {}): Uint8Array {
  const header = new Uint8Array(8);
  header.set(text(id));
  new DataView(header.buffer).setUint32(4, options.size ?? body.length, options.bigEndian !== true);
  const pad = body.length % 2 === 1 && options.pad !== false ? 1 : 0;
  return join(header, body, new Uint8Array(pad));
}

export interface FormatOptions {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  readonly blockAlign?: number;
  readonly extensible?: boolean;
  readonly bigEndian?: boolean;
}

/** A `fmt ` chunk; 16 bit, mono, 8 kHz unless told. */
export function formatChunk(options: FormatOptions = {}): Uint8Array {
  const { tag = 1, channels = 1, sampleRate = 8000, bits = 16, extensible = false } = options;
  const little = options.bigEndian !== true;
  const blockAlign = options.blockAlign ?? channels * Math.ceil(bits / 8);
  const body = new Uint8Array(extensible ? 40 : 16);
  const view = new DataView(body.buffer);
  view.setUint16(0, extensible ? 0xfffe : tag, little);
  view.setUint16(2, channels, little);
  view.setUint32(4, sampleRate, little);
  view.setUint32(8, sampleRate * blockAlign, little);
  view.setUint16(12, blockAlign, little);
  view.setUint16(14, bits, little);
  if (extensible) {
    view.setUint16(16, 22, little);
    view.setUint16(18, bits, little);
    view.setUint16(24, tag, little);
    body.set([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71], 26);
  }
  return chunk('fmt ', body, { bigEndian: !little });
}

/** A RIFF file (or RIFX, RF64) around chunks. */
export function riff(chunks: readonly Uint8Array[], form = 'RIFF'): Uint8Array {
  const body = join(text('WAVE'), ...chunks);
  return chunk(form, body, { bigEndian: form === 'RIFX', ...(form === 'RF64' ? { size: 0xffff_ffff } : {}) });
}

export type SampleKind = 'u8' | 's8' | 's16' | 's24' | 's32' | 'f32' | 'f64';

/** Numbers as they lie in a file: integers as they are, floats as they are; interleaved already. */
export function pack(values: ArrayLike<number>, kind: SampleKind, bigEndian = false): Uint8Array {
  const bytes = kind.endsWith('8') ? 1 : Number(kind.slice(1)) / 8;
  const packed = new Uint8Array(values.length * bytes);
  const view = new DataView(packed.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (kind === 'u8') view.setUint8(i, value + 128);
    else if (kind === 's8') view.setInt8(i, value);
    else if (kind === 's16') view.setInt16(2 * i, value, !bigEndian);
    else if (kind === 's32') view.setInt32(4 * i, value, !bigEndian);
    else if (kind === 'f32') view.setFloat32(4 * i, value, !bigEndian);
    else if (kind === 'f64') view.setFloat64(8 * i, value, !bigEndian);
    else for (let byte = 0; byte < 3; byte++) view.setUint8(3 * i + byte, (value >> (8 * (bigEndian ? 2 - byte : byte))) & 0xff);
  }
  return packed;
}

/** A plain WAV file: header and samples, nothing else. */
export function wav(samples: Uint8Array, format: FormatOptions = {}): Uint8Array {
  return riff([formatChunk(format), chunk('data', samples)]);
}

export interface AiffOptions {
  readonly channels?: number;
  readonly bits?: number;
  readonly sampleRate?: number;
  /** Frames that the header promises; the true count unless told. */
  readonly frames?: number;
  /** Of AIFF-C. */
  readonly type?: string;
  /** Bytes between the chunk's header and the samples. */
  readonly offset?: number;
  readonly before?: readonly Uint8Array[];
  readonly after?: readonly Uint8Array[];
}

/** An AIFF file, or AIFF-C where a type is given. */
export function aiff(samples: Uint8Array, options: AiffOptions = {}): Uint8Array {
  const { channels = 1, bits = 16, sampleRate = 8000, type, offset = 0 } = options;
  const common = new Uint8Array(type === undefined ? 18 : 24);
  const view = new DataView(common.buffer);
  view.setUint16(0, channels);
  view.setUint32(2, options.frames ?? Math.floor(samples.length / (channels * Math.ceil(bits / 8))));
  view.setUint16(6, bits);
  const exponent = Math.floor(Math.log2(sampleRate));
  view.setUint16(8, 16_383 + exponent);
  view.setUint32(10, sampleRate * 2 ** (31 - exponent));
  if (type !== undefined) common.set(text(type), 18);
  const head = new Uint8Array(8 + offset);
  new DataView(head.buffer).setUint32(0, offset);
  const sound = chunk('SSND', join(head, samples), { bigEndian: true });
  const body = join(
    text(type === undefined ? 'AIFF' : 'AIFC'),
    ...(options.before ?? []),
    chunk('COMM', common, { bigEndian: true }),
    sound,
    ...(options.after ?? []),
  );
  return chunk('FORM', body, { bigEndian: true });
}
