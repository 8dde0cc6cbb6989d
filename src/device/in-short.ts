import { messageOf } from '../errors.js';

/** The first line of what a native library said, without what surrounds it. */
export function inShort(error: unknown): string {
  const lines = messageOf(error).split('\n').map((line) => line.replace(/^(device|Message|Invalid TF_Status): /, '').trim());
  // TensorFlow puts a number first, and Dawn's lost device says nothing at all.
  const told = lines.find((line) => line !== '' && !/^\d+$/.test(line)) ?? '';
  if (told === '') return (error as { name?: string }).name === 'AbortError' ? 'the driver ended it' : 'no reason given';
  return told.length > 300 ? `${told.slice(0, 299)}…` : told;
}
