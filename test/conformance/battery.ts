import { describe } from 'vitest';
import type { BackendName } from '../../src/device/device.js';
import { describeBatches } from './batches.js';
import { describeGolden } from './golden-table.js';
import { describeHardSignals } from './hard-signals.js';
import { onBackend } from './opening.js';
import { describeTransform } from './transform.js';

/** How much of the battery a backend runs. */
export interface BatterySettings {
  /** Signals longer than this many samples run under the default setting only: software adapters are slow. Default all. */
  readonly longestInFull?: number;
}

/** Every promise that tensor-dsp makes, held against one backend. Each backend's file runs in a process of its own. */
export async function conformanceBattery(backend: BackendName, { longestInFull = Infinity }: BatterySettings = {}): Promise<void> {
  await onBackend(backend, () => {
    describe("agrees with librosa's values", () => describeGolden(longestInFull));
    describe('transforms as the definition does', describeTransform);
    describe('measures a batch as it measures each sound alone', describeBatches);
    describe('survives hard signals', describeHardSignals);
  });
}
