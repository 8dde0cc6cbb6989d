import { SoundkinError } from '../errors.js';

/** Where a Redis is. */
export interface RedisAddress {
  /** With user and password, where it has such: never shown. */
  readonly url: string;
  /** What people may see. */
  readonly shown: string;
}

/**
 * Checks the address of a Redis, such as `redis://host:6379/0`; `rediss:` is the same over TLS.
 *
 * @throws QUEUE_UNAVAILABLE when it is none. No message ever holds the password.
 */
export function redisAddress(text: string): RedisAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw notAnAddress('something else');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw notAnAddress(`one that begins with ${url.protocol}`);
  if (url.hostname === '') throw notAnAddress('one without a host');
  if (!/^\/?\d*$/.test(url.pathname)) throw notAnAddress(`the path ${url.pathname}, where only the number of a database can be`);
  return { url: text, shown: `${url.protocol}//${url.hostname}:${url.port === '' ? '6379' : url.port}${url.pathname === '/' ? '' : url.pathname}` };
}

function notAnAddress(got: string): SoundkinError {
  return new SoundkinError('QUEUE_UNAVAILABLE', `queue: expected the address of a Redis, such as redis://host:6379, got ${got}. Mend --queue.`);
}
