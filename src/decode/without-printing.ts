import { SoundkinError } from '../errors.js';

/** A decoder that complains this often about one block has lost the thread; mpg123 can do so without end. */
const MOST_COMPLAINTS = 1000;

/**
 * Runs a decoder's synchronous step and catches what it would print: packages of decoders complain on the terminal,
 * which belongs to whoever calls this library. Nothing else runs meanwhile, so nobody else is silenced.
 *
 * @throws DECODE_FAILED when it complains without end.
 */
export function withoutPrinting<T>(step: () => T): T {
  const terminal = globalThis.console;
  const { error, warn } = terminal;
  let complaints = 0;
  const count = (): void => {
    complaints += 1;
    if (complaints > MOST_COMPLAINTS) {
      throw new SoundkinError('DECODE_FAILED', 'decode: expected a stream that can be followed, got one error after the other. The file is damaged.');
    }
  };
  terminal.error = count;
  terminal.warn = count;
  try {
    return step();
  } finally {
    terminal.error = error;
    terminal.warn = warn;
  }
}
