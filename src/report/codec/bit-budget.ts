/** Bits a frame that a sound may take for long: 56 kbit/s at 22 050 Hz. */
export const MOST_BITS_PER_FRAME = 1300;
/** What a loud beginning or attack may take before steps become coarser. */
const RESERVOIR = 10_000;
/** Bits over the budget that make the steps coarser by a level. */
const BITS_PER_LEVEL = 3000;
/** What no sound takes beyond its bits a frame: with steps coarser by 40 levels nothing but the levels is left to tell. */
export const MOST_BITS_AT_ONCE = RESERVOIR + 41 * BITS_PER_LEVEL + 20_000;

/** How many levels coarser than usual to quantise a frame, after so many bits: encoder and decoder both know. */
export function coarserBy(bits: number, frame: number): number {
  return Math.max(0, Math.ceil((bits - RESERVOIR - frame * MOST_BITS_PER_FRAME) / BITS_PER_LEVEL));
}
