import { messageOf, SoundkinError } from '../errors.js';
import { requirePackage } from '../require-package.js';

type BullMq = typeof import('bullmq');
type IoRedis = typeof import('ioredis');

/**
 * The packages that a queue needs. They are the user's to install: most people never need them.
 *
 * @throws QUEUE_UNAVAILABLE when one is missing.
 */
export function loadPackages(): Pick<BullMq, 'Queue' | 'Worker' | 'UnrecoverableError' | 'WaitingError'> & { readonly Redis: IoRedis['Redis'] } {
  const load = <T>(name: string): T => {
    try {
      return requirePackage<T>(name);
    } catch (error) {
      throw new SoundkinError('QUEUE_UNAVAILABLE', `queue: expected the packages bullmq and ioredis, got "${messageOf(error).split('\n')[0]}". Run \`npm install bullmq ioredis\` beside Soundkin, then the same again.`, { cause: error });
    }
  };
  const { Queue, Worker, UnrecoverableError, WaitingError } = load<BullMq>('bullmq');
  return { Queue, Worker, UnrecoverableError, WaitingError, Redis: load<IoRedis>('ioredis').Redis };
}
