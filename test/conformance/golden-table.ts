import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { PlanOptions } from '../../src/tensor-dsp/index.js';
import { goldenCases } from '../support/golden.js';
import { isSettled, judge, measureGolden, type Verdict } from '../support/measure-golden.js';
import { ROLLOFF_SHARE } from '../support/tolerance.js';

/** Every array of test/golden, on both settings. */
export function describeGolden(options: PlanOptions = {}): void {
  let framesMeasured = 0;
  let framesOff = 0;

  for (const golden of goldenCases()) {
    const title = `${golden.signal}, nFft ${golden.nFft}, hop ${golden.hopLength}`;
    describe(title, () => {
      const verdicts: Verdict[] = [];
      it('has every array within its bound', async () => {
        const { arrays, tuning } = await measureGolden(golden, options);
        if (isSettled(golden.signal, 'tuning')) expect(Math.fround(tuning), 'tuning').toBe(golden.tuning);
        expect(arrays.size).toBe(14);
        for (const [feature, measured] of arrays) {
          if (isSettled(golden.signal, feature)) verdicts.push(judge(feature, measured, golden.sampleRate / golden.nFft));
        }
        for (const { feature, worst, bound, stricter, oneBinOff, where } of verdicts) {
          expect(worst, `${feature}, ${where}`).toBeLessThanOrEqual(bound);
          if (stricter !== undefined) expect(stricter.worst, `${feature} by band over time, ${where}`).toBeLessThanOrEqual(stricter.bound);
          framesMeasured += oneBinOff?.frames ?? 0;
          framesOff += oneBinOff?.off ?? 0;
        }
      });
    });
  }

  it('has the roll-off one bin off in at most a frame of a thousand', () => {
    expect(framesMeasured).toBeGreaterThan(500);
    expect(framesOff).toBeLessThanOrEqual(Math.max(1, framesMeasured * ROLLOFF_SHARE));
  });

  it('leaves no tensor behind', async () => {
    const golden = goldenCases().find(({ signal, setting }) => signal === 'silence' && setting === 'small')!;
    const counts: number[] = [tf.memory().numTensors];
    for (let run = 0; run < 3; run++) {
      await measureGolden(golden, options);
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size, `tensors after each run: ${counts.join(', ')}`).toBe(1);
  });
}
