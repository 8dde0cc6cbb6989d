/** Reads what BitWriter wrote; beyond the end it reads zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #next = 0;
  #pending = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits read so far. */
  get bits(): number {
    return 8 * this.#next - this.#count;
  }

  /** @param count 0 to 24. */
  read(count: number): number {
    while (this.#count < count) {
      this.#pending = (this.#pending << 8) | (this.#bytes[this.#next++] ?? 0);
      this.#count += 8;
    }
    this.#count -= count;
    const value = this.#pending >>> this.#count;
    this.#pending &= (1 << this.#count) - 1;
    return value;
  }

  /** Counts ones up to a zero, which is read too, or up to `most`. */
  ones(most: number): number {
    let count = 0;
    while (count < most && this.read(1) === 1) count++;
    return count;
  }
}
