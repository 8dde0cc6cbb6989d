import type { Redis } from 'ioredis';
import { messageOf, SoundkinError } from '../errors.js';
import { loadPackages } from './load-packages.js';
import { redisAddress } from './redis-address.js';

/** How long a Redis may take to answer at first. */
const CONNECT_MS = 5000;
/** How often it is tried again once it was there and went. */
const RETRY_MS = 1000;

/** A connection, and where it leads. */
export interface OpenRedis {
  readonly redis: Redis;
  /** The address without its password. */
  readonly shown: string;
}

/**
 * Connects to a Redis. It has to answer now; when it goes away later it is waited for, and what was asked meanwhile is asked again.
 *
 * @param onNotice is told, once each time, that Redis is waited for, and that it is back.
 * @throws QUEUE_UNAVAILABLE when it does not answer, or refuses us.
 */
export async function openRedis(address: string, onNotice: (line: string) => void): Promise<OpenRedis> {
  const { Redis } = loadPackages();
  const { url, shown } = redisAddress(address);
  let open = false;
  let waiting = false;
  let reason: string | undefined;
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, connectTimeout: CONNECT_MS, retryStrategy: () => (open ? RETRY_MS : null) });
  redis.on('error', (error: unknown) => (reason ??= messageOf(error)));
  redis.on('close', () => {
    if (!open || waiting || redis.status === 'end') return;
    waiting = true;
    onNotice(`Redis at ${shown} is gone; waiting for it.`);
  });
  redis.on('ready', () => {
    if (waiting) onNotice(`Redis at ${shown} is back.`);
    waiting = false;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => (timer = setTimeout(() => fail(new Error(`no answer in ${CONNECT_MS / 1000} s`)), CONNECT_MS)));
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), late]);
  } catch (error) {
    redis.disconnect();
    throw new SoundkinError('QUEUE_UNAVAILABLE', `queue: expected Redis to answer at ${shown}, got "${withoutSecrets(reason ?? messageOf(error), url)}". Start it, or mend --queue (address, password, firewall).`, { retryable: true });
  } finally {
    clearTimeout(timer);
  }
  open = true;
  return { redis, shown };
}

function withoutSecrets(text: string, url: string): string {
  const { username, password } = new URL(url);
  return [password, decodeURIComponent(password), username].filter((secret) => secret !== '').reduce((told, secret) => told.replaceAll(secret, '***'), text);
}
