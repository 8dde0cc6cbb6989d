import { expect } from 'vitest';
import type { TrackFeatures } from '../../src/features/extract.js';
import { columnNames, featureLayout } from '../../src/features/feature-set.js';
import { settings } from './golden-rows.js';

/** float32 sums in another order differ in the last digits, no more. */
export function expectClose(actual: TrackFeatures, expected: TrackFeatures, given = settings): void {
  for (const layout of ['seed', 'kin'] as const) {
    const names = columnNames(featureLayout(layout, given));
    for (const [i, name] of names.entries()) {
      const gap = Math.abs(actual[layout][i]! - expected[layout][i]!);
      const scale = Math.max(Math.abs(expected[layout][i]!), /^(mfcc|contrast)/.test(name) ? 20 : 1e-3);
      expect(gap, `${layout} ${name}: ${actual[layout][i]} against ${expected[layout][i]}`).toBeLessThanOrEqual(2e-4 * scale);
    }
  }
}
