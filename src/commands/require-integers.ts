import { SoundkinError } from '../errors.js';

/** Holds counts to integers from 1, and the seed to any integer. @throws KMEANS_RANGE */
export function requireIntegers(settings: Readonly<Record<string, number>>): void {
  for (const [setting, value] of Object.entries(settings)) {
    const low = setting === 'seed' ? Number.MIN_SAFE_INTEGER : 1;
    if (Number.isSafeInteger(value) && value >= low) continue;
    throw new SoundkinError('KMEANS_RANGE', `cluster: expected ${setting} to be an integer${low === 1 ? ' of at least 1' : ''}, got ${value}. Choose one in that range.`);
  }
}
