import { describe, expect, it } from 'vitest';
import { inStage, takeStageSeconds } from '../src/stage-seconds.js';

/** Does nothing for so long by this thread's own clock. */
const spend = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until; );
};

describe('seconds by stage', () => {
  it('are those of the work alone, less what is another stage within it', async () => {
    takeStageSeconds();
    const started = performance.now();
    await inStage('features', async () => {
      await inStage('decode', async () => {
        spend(20);
        inStage('resample', () => spend(40));
        await Promise.resolve();
        spend(10);
      });
      spend(80);
    });
    const passed = (performance.now() - started) / 1000;
    spend(30);
    const { decode, resample, features } = takeStageSeconds();
    expect(decode).toBeGreaterThanOrEqual(0.03);
    expect(resample).toBeGreaterThanOrEqual(0.04);
    expect(features).toBeGreaterThanOrEqual(0.08);
    expect(decode + resample + features).toBeLessThanOrEqual(passed + 1e-4);
    expect(takeStageSeconds()).toEqual({ decode: 0, resample: 0, features: 0 });
  });

  it('end with work that fails', async () => {
    takeStageSeconds();
    expect(() =>
      inStage('decode', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    await expect(inStage('resample', () => Promise.reject(new Error('nor this')))).rejects.toThrow('nor this');
    takeStageSeconds();
    spend(10);
    expect(takeStageSeconds()).toEqual({ decode: 0, resample: 0, features: 0 });
  });

  it('are told while the work goes on, each once', () => {
    takeStageSeconds();
    const started = performance.now();
    inStage('features', () => {
      spend(10);
      const [first, second] = [takeStageSeconds().features, takeStageSeconds().features];
      expect(first).toBeGreaterThanOrEqual(0.01);
      expect(first + second).toBeLessThanOrEqual((performance.now() - started) / 1000);
    });
  });
});
