import { describe } from 'vitest';
import type { BackendName } from '../../src/device/device.js';
import { describeBatches } from './batches.js';
import { describeGolden } from './golden-table.js';
import { describeHardSignals } from './hard-signals.js';
import { onBackend } from './opening.js';
import { describeTransform } from './transform.js';

/** Every promise that tensor-dsp makes, held against one backend. Each backend's file runs in a process of its own. */
export async function conformanceBattery(backend: BackendName): Promise<void> {
  await onBackend(backend, () => {
    describe("agrees with librosa's values", describeGolden);
    describe('transforms as the definition does', describeTransform);
    describe('measures a batch as it measures each sound alone', describeBatches);
    describe('survives hard signals', describeHardSignals);
  });
}
