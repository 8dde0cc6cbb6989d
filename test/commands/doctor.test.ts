import { availableParallelism } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { doctor, type DoctorOutcome, type OpenBackend } from '../../src/commands/doctor.js';
import { BACKENDS } from '../../src/device/device.js';
import { useVulkanDriver } from '../support/software-gpu.js';

/** A machine without a graphics driver, as far as hiding its drivers makes it one. */
describe.skipIf(process.platform !== 'linux')('doctor (Linux, without a graphics driver)', () => {
  let outcome: DoctorOutcome;
  beforeAll(async () => {
    useVulkanDriver('/no/such/driver.json');
    outcome = await doctor();
  });

  it('tells of every backend, which opens or why not, and of the one that auto takes', () => {
    expect(outcome.backends.map(({ backend }) => backend)).toEqual([...BACKENDS]);
    expect(outcome.backends[0]).toEqual({ backend: 'webgpu', reason: 'no Vulkan driver is installed' });
    expect(outcome.auto).toBe('wasm');
    expect(outcome.advice.join()).toMatch(/Vulkan/);
  });

  it('tells of each that opens what does its operations', () => {
    const opened = outcome.backends.filter((found): found is OpenBackend => 'operations' in found);
    expect(opened.map(({ backend }) => backend)).toEqual(expect.arrayContaining(['wasm', 'cpu']));
    const named = opened.map(({ operations }) => operations.map(({ operation }) => operation));
    for (const each of named) expect(each).toEqual(named[0]);
    const implementations = (name: string): string[] => opened.find(({ backend }) => backend === name)!.operations.map(({ implementation }) => implementation);
    expect(new Set(implementations('wasm'))).toContain('own kernel');
    expect(new Set(implementations('cpu'))).toEqual(new Set(['composed']));
  });

  it('is JSON, with nothing of what only the program uses', () => {
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
    expect(JSON.stringify(outcome)).not.toMatch(/trackKernel|crew/);
  });

  it('tells of processors and memory that fit the machine', () => {
    expect(outcome.cores).toBe(availableParallelism());
    expect(outcome.workers).toBe(outcome.cores);
    expect(outcome.memoryGiB).toBeGreaterThan(0);
    expect(outcome.freeGiB).toBeLessThanOrEqual(outcome.memoryGiB);
    expect(outcome.budgetGiB).toBeLessThanOrEqual(outcome.memoryGiB);
  });
});
