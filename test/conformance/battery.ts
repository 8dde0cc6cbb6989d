import { describe } from 'vitest';
import type { BackendName } from '../../src/device/device.js';
import { kernelChoices, type PlanOptions } from '../../src/tensor-dsp/index.js';
import { describeBatches } from './batches.js';
import { describeGolden } from './golden-table.js';
import { describeHardSignals } from './hard-signals.js';
import { onBackend } from './opening.js';
import { describeTransform } from './transform.js';

/** Every promise that tensor-dsp makes, held against one backend. Each backend's file runs in a process of its own. */
export async function conformanceBattery(backend: BackendName): Promise<void> {
  await onBackend(backend, () => {
    const hasKernel = kernelChoices().some(({ op, implementation }) => op === 'PowerSpectrogram' && implementation === 'kernel');
    if (hasKernel) describe('by its own kernels', () => describeAll({}));
    // What defines a kernel is held to the same.
    describe('composed', () => describeAll({ composed: true }));
  });
}

function describeAll(options: PlanOptions): void {
  describe("agrees with librosa's values", () => describeGolden(options));
  describe('transforms as the definition does', () => describeTransform(options));
  describe('measures a batch as it measures each sound alone', () => describeBatches(options));
  describe('survives hard signals', () => describeHardSignals(options));
}
