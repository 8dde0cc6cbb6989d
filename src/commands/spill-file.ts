import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { messageOf, SoundkinError } from '../errors.js';

/** Bytes of a block: enough to keep kernels busy, little beside what else is in memory. */
const BLOCK_BYTES = 2 ** 25;

/** Rows of float32 features on the disk, for libraries whose points do not fit into memory. */
export class SpillFile {
  /** Rows of every block but the last. */
  readonly blockRows: number;
  readonly #fd: number;
  /** Consecutive rows that are yet to be written, from `#first` on. */
  readonly #pending: Float32Array;
  #first = 0;
  #nPending = 0;
  readonly #block: Float32Array;

  /**
   * @param path of a file that is made; it goes at the close.
   * @throws LIBRARY_WRITE when the disk refuses.
   */
  constructor(
    readonly path: string,
    readonly nRows: number,
    readonly width: number,
  ) {
    this.blockRows = Math.max(1, Math.min(nRows, Math.floor(BLOCK_BYTES / (4 * width))));
    this.#pending = new Float32Array(Math.min(this.blockRows, 1024) * width);
    this.#block = new Float32Array(this.blockRows * width);
    this.#fd = this.#onDisk(() => openSync(path, 'wx+'));
    // Where systems let go of the name of an open file, nothing is left behind by a kill.
    if (process.platform !== 'win32') rmSync(path, { force: true });
  }

  get nBlocks(): number {
    return Math.ceil(this.nRows / this.blockRows);
  }

  /** Takes a row, [width], in any order; neighbours that come one after the other go to the disk together. */
  put(row: number, features: Float32Array): void {
    if (row !== this.#first + this.#nPending || (this.#nPending + 1) * this.width > this.#pending.length) this.#flush(row);
    this.#pending.set(features, this.#nPending * this.width);
    this.#nPending += 1;
  }

  #flush(nextRow: number): void {
    if (this.#nPending > 0) this.#write(this.#pending.subarray(0, this.#nPending * this.width), this.#first);
    this.#first = nextRow;
    this.#nPending = 0;
  }

  /** Block b: [rows * width]. The same memory at every call. */
  read(b: number): Float32Array {
    this.#flush(0);
    const first = b * this.blockRows;
    const values = this.#block.subarray(0, Math.min(this.blockRows, this.nRows - first) * this.width);
    this.#read(values, first);
    return values;
  }

  /** Puts a block in the place of the one there was. */
  rewrite(b: number, values: Float32Array): void {
    this.#write(values, b * this.blockRows);
  }

  /** Some rows, [rows.length * width]. */
  rows(rows: ArrayLike<number>): Float32Array {
    this.#flush(0);
    const out = new Float32Array(rows.length * this.width);
    for (let i = 0; i < rows.length; i++) this.#read(out.subarray(i * this.width, (i + 1) * this.width), rows[i]!);
    return out;
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.path, { force: true });
  }

  #read(values: Float32Array, row: number): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let done = 0; done < bytes.length; ) {
      const got = this.#onDisk(() => readSync(this.#fd, bytes, done, bytes.length - done, 4 * row * this.width + done));
      if (got === 0) throw new SoundkinError('INTERNAL', `cluster: expected ${this.nRows} rows in a temporary file, found its end in row ${row}. Please report this.`);
      done += got;
    }
  }

  #write(values: Float32Array, row: number): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let done = 0; done < bytes.length; ) done += this.#onDisk(() => writeSync(this.#fd, bytes, done, bytes.length - done, 4 * row * this.width + done));
  }

  #onDisk<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new SoundkinError('LIBRARY_WRITE', `cluster: expected room for ${Math.ceil((4 * this.nRows * this.width) / 1e6)} MB in ${this.path}, but ${messageOf(cause)}. Make room there, or give more --memory.`, { cause });
    }
  }
}
