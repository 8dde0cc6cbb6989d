import { describe, expect, it } from 'vitest';
import { redisAddress } from '../../src/queue/redis-address.js';

describe('the address of a Redis', () => {
  it.each([
    ['redis://localhost', 'redis://localhost:6379'],
    ['redis://host:7000/3', 'redis://host:7000/3'],
    ['rediss://user:secret@host', 'rediss://host:6379'],
    ['redis://:secret@10.0.0.5:6380/', 'redis://10.0.0.5:6380'],
  ])('%s is shown as %s', (text, shown) => {
    expect(redisAddress(text)).toEqual({ url: text, shown });
  });

  it.each(['', 'host:6379', 'localhost', 'http://user:secret@host', 'redis://', 'redis://:secret@host/music', 'redis://:secret@host:port'])('%s is none, and its password stays untold', (text) => {
    expect(() => redisAddress(text)).toThrow(expect.objectContaining({ code: 'QUEUE_UNAVAILABLE', message: expect.not.stringContaining('secret') }));
  });
});
