import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeDamaged, type Outcome } from '../support/fuzz-file.js';
import { createSoundFolder } from '../support/sound-files.js';

const SEED = 2;
const FILES = 400;
const files = createSoundFolder();

describe('damaged files of every format (test/fuzz runs as many as one likes)', () => {
  beforeAll(() => vi.stubEnv('PATH', '/nowhere'));
  afterAll(() => vi.unstubAllEnvs());

  it(`${FILES} of them give a sound or one of our errors, the same whole and streamed, and leave no file open`, { timeout: 120_000 }, async () => {
    const outcomes = new Map<Outcome, number>();
    for (let index = 0; index < FILES; index++) {
      const outcome = await decodeDamaged(join(files.folder, 'damaged'), SEED, index).catch((error: unknown) => {
        throw new Error(`file ${index} of seed ${SEED}`, { cause: error });
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // All kinds of ends are met, so that the damage is neither too little nor too much.
    for (const outcome of ['sound', 'warning', 'DECODE_FAILED', 'DECODE_NOT_AUDIO', 'DECODE_EMPTY', 'DECODE_UNSUPPORTED']) expect([outcome, outcomes.get(outcome)]).not.toEqual([outcome, undefined]);
    expect(process.getActiveResourcesInfo().filter((name) => /FSReq|ChildProcess/.test(name))).toEqual([]);
  });
});
