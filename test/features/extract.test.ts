import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { createMeasurer, type Measurer } from '../../src/features/extract.js';
import { expectClose } from '../support/expect-close.js';
import { differences, rows, settings, soundOf, unsettled } from '../support/golden-rows.js';

describe.each(['composed operations', 'the kernel'])('features of whole tracks by %s', (strategy) => {
  let measurer: Measurer;
  beforeAll(async () => {
    const { device } = await openDevice('wasm');
    measurer = createMeasurer(settings, strategy === 'the kernel' ? device.trackKernel : undefined);
  });
  afterAll(() => measurer.dispose());

  it.each(rows.map((row) => ({ name: `${row.signal}, ${row.samples} samples`, row })))('equal librosa and NumPy: $name', async ({ row }) => {
    const sound = soundOf(row);
    const [features] = await measurer.measure([sound], measurer.frameCount(sound));
    expect(differences('seed', features!.seed, row.seed, unsettled(row))).toEqual([]);
    expect(differences('kin', features!.kin, row.kin, unsettled(row))).toEqual([]);
  });

  it('are those of the sound alone, whatever shares its batch', async () => {
    const sounds = rows.map(soundOf).filter((sound) => measurer.frameCount(sound) <= 80);
    const together = await measurer.measure(sounds, 80);
    for (const [i, sound] of sounds.entries()) {
      const [alone] = await measurer.measure([sound], measurer.frameCount(sound));
      expectClose(together[i]!, alone!);
    }
  });

  it.each([8, 31, 64])('do not depend on tiling a long track by %i frames', async (frames) => {
    const row = rows.find(({ signal, samples }) => signal === 'guit_em9.wav' && samples > 3000)!;
    const sound = soundOf(row);
    const [tiled] = await measurer.measure([sound], frames);
    const [whole] = await measurer.measure([sound], measurer.frameCount(sound));
    expectClose(tiled!, whole!);
  });

  it('leave no tensor behind', async () => {
    const sounds = rows.slice(0, 2).map(soundOf);
    await measurer.measure(sounds, 130);
    const before = tf.memory().numTensors;
    await measurer.measure(sounds, 130);
    await measurer.measure([sounds[0]!], 16);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('notice a row of another sound', async () => {
    const [one, other] = [rows[1]!, rows[2]!];
    const [features] = await measurer.measure([soundOf(one)], 80);
    expect(differences('kin', features!.kin, other.kin).length).toBeGreaterThan(100);
  });
});
