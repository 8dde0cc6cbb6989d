import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { extract } from '../src/commands/extract.js';
import { createAnalysisSettings } from '../src/config/analysis.js';
import { openDevice } from '../src/device/open-device.js';
import type { Sound } from '../src/features/extract.js';
import { composedMeasurer } from '../src/features/measure-composed.js';
import { webgpuMeasurer } from '../src/features/measure-on-webgpu.js';
import { createBatcher } from '../src/features/batcher.js';
import { goldenCases } from '../test/support/golden.js';
import { differences, rows, settings as goldenSettings, soundOf, unsettled } from '../test/support/golden-rows.js';
import { isSettled, judge, measureGolden } from '../test/support/measure-golden.js';
import { kmeansStep, seeding, silhouettes } from './gpu-clustering-steps.js';
import { backend, spread, timed, type Step } from './gpu-timing.js';

const RATE = 22_050;
const settings = createAnalysisSettings();

/** Clips of falling tones over noise, 16 bit. Few different ones: a clip's cost does not depend on its sound. */
function clips(count: number, seconds: number): Sound[] {
  const distinct = Array.from({ length: Math.min(count, 4) }, (_, seed): Sound => {
    let state = seed + 1;
    const pcm16 = Int16Array.from({ length: Math.round(seconds * RATE) }, (_, n) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.round(12_000 * Math.sin(n * (0.05 + 0.01 * seed) * (1 + (n % 11_025) / 40_000)) + 1500 * (state / 2 ** 32 - 0.5));
    });
    return { samples: Float32Array.from(pcm16, (value) => value / 32768), sampleRate: RATE, pcm16 };
  });
  return Array.from({ length: count }, (_, i) => distinct[i % distinct.length]!);
}

const device: Step = async () => {
  const opened = (await openDevice('webgpu')).device;
  const { limits, features } = backend().device;
  const named = ['maxComputeWorkgroupStorageSize', 'maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupsPerDimension'];
  return { device: opened, limits: Object.fromEntries(named.map((name) => [name, limits[name]])), features: [...features] };
};

/** Every way to measure against librosa's values: rows of whole tracks by the kernels, and every array by the kernel of power spectra and by composed operations. */
const conformance: Step = async (small, report) => {
  await openDevice('webgpu');
  const kernels = webgpuMeasurer(goldenSettings);
  const measured = await kernels.measure(rows.map(soundOf), 130);
  const wrong = rows.flatMap((row, i) => [...differences('seed', measured[i]!.seed, row.seed, unsettled(row)), ...differences('kin', measured[i]!.kin, row.kin, unsettled(row))].map((text) => `${row.signal} ${row.samples}: ${text}`));
  kernels.dispose();
  const soFar = { kernelRows: { tracks: rows.length, outsideTheirBound: wrong.length, firstOfThem: wrong.slice(0, 5) } };
  report(soFar);
  const shares: Record<string, Record<string, { ofBound: number; where: string }>> = {};
  for (const composed of [false, true]) {
    const worst: Record<string, { ofBound: number; where: string }> = {};
    for (const golden of goldenCases().slice(0, small ? 1 : undefined)) {
      for (const [feature, arrays] of (await measureGolden(golden, { composed })).arrays) {
        if (!isSettled(golden.signal, feature)) continue;
        const verdict = judge(feature, arrays, RATE / golden.nFft);
        const ofBound = Number((verdict.worst / verdict.bound).toPrecision(3));
        if (!(ofBound <= (worst[feature]?.ofBound ?? -1))) worst[feature] = { ofBound, where: `${golden.signal} ${golden.setting}` };
      }
    }
    shares[composed ? 'composedShareOfBound' : 'spectrumKernelShareOfBound'] = worst;
    report({ ...soFar, ...shares });
  }
  return { ...soFar, ...shares };
};

const features: Step = async (small, report) => {
  const opened = (await openDevice('webgpu')).device;
  const seconds = small ? 0.5 : 30;
  const framesPerClip = Math.floor((seconds * RATE) / settings.hopLength) + 1;
  const perBatch = small ? 2 : Math.max(1, Math.floor(opened.framesPerBatch / framesPerClip));
  const batches = small ? 2 : 8;
  const sounds = clips(perBatch, seconds);
  const plain = sounds.map(({ samples, sampleRate }) => ({ samples, sampleRate }));
  const audio = perBatch * batches * seconds;
  const result: Record<string, unknown> = { clips: perBatch * batches, seconds, framesABatch: perBatch * framesPerClip };
  const realTime = (times: readonly number[]): object => ({ ms: spread(times), timesRealTime: Math.round((1000 * audio) / spread(times).median) });

  const kernels = webgpuMeasurer(settings);
  const started = performance.now();
  await kernels.measure(plain, framesPerClip);
  result['firstBatchMs'] = Math.round(performance.now() - started);
  await kernels.measure(sounds, framesPerClip);
  for (const [name, given, together] of [['kernelsFloat', plain, 1], ['kernelsPcm16', sounds, 1], ['kernelsPcm16TwoInFlight', sounds, 2], ['kernelsPcm16ThreeInFlight', sounds, 3]] as const) {
    const times = await timed(small ? 1 : 5, async () => {
      const flying: Promise<unknown>[] = [];
      for (let batch = 0; batch < batches; batch++) {
        flying.push(kernels.measure(given, framesPerClip));
        if (flying.length >= together) await flying.shift();
      }
      await Promise.all(flying);
    });
    result[name] = realTime(times);
    report(result);
  }
  // As a run has it: batches filled sound by sound, as many in flight as the measurer is worth.
  const batcher = createBatcher<null>(settings, { ...opened, framesPerBatch: perBatch * framesPerClip });
  const together = await timed(small ? 1 : 5, async () => {
    for (let batch = 0; batch < batches; batch++) for (const sound of sounds) await batcher.add(sound, null);
    await batcher.finish();
  });
  result['batcherPcm16'] = realTime(together);
  report(result);
  batcher.dispose();
  // What the device itself takes, by its own clock where it has one.
  const { kernelMs, getExtraProfileInfo } = (await tf.time(() => void kernels.measure(sounds, framesPerClip))) as { kernelMs: number; getExtraProfileInfo?: () => string };
  result['deviceMsABatch'] = { all: kernelMs, inOrder: getExtraProfileInfo?.() };
  report(result);
  kernels.dispose();

  const composed = composedMeasurer(settings);
  const some = plain.slice(0, small ? 1 : 3);
  await composed.measure(some, framesPerClip);
  const times = await timed(small ? 1 : 5, () => composed.measure(some, framesPerClip));
  result['composed'] = { ms: spread(times), timesRealTime: Math.round((1000 * some.length * seconds) / spread(times).median) };
  composed.dispose();
  return result;
};

/** From WAV files that were just written, and so lie in the page cache, to rows. */
const wavFiles: Step = async (small, report) => {
  const opened = (await openDevice('webgpu')).device;
  const folder = join(process.env['GPU_BENCH_FOLDER'] ?? tmpdir(), `soundkin-gpu-bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const seconds = small ? 0.5 : 30;
    const count = small ? 3 : 1000;
    const paths = clips(count, seconds).map(({ pcm16 }, i) => {
      const path = join(folder, `clip-${String(i).padStart(4, '0')}.wav`);
      writeFileSync(path, wavOf(pcm16!));
      return path;
    });
    const audio = count * seconds;
    const result: Record<string, unknown> = { files: count, seconds, megabytes: Math.round((count * statSync(paths[0]!).size) / 1e6) };

    // The least that one thread can do: read a file, and send its 16-bit samples on.
    const kernels = webgpuMeasurer(settings);
    const framesPerClip = Math.floor((seconds * RATE) / settings.hopLength) + 1;
    const perBatch = Math.max(1, Math.floor(opened.framesPerBatch / framesPerClip));
    const straight = async (): Promise<void> => {
      const flying: Promise<unknown>[] = [];
      for (let first = 0; first < count; first += perBatch) {
        const sounds = paths.slice(first, first + perBatch).map((path): Sound => {
          const bytes = readFileSync(path);
          const copy = bytes.byteOffset % 2 === 0 ? bytes : Buffer.from(bytes);
          return { samples: new Float32Array(0), sampleRate: RATE, pcm16: new Int16Array(copy.buffer, copy.byteOffset + 44, (copy.length - 44) / 2) };
        });
        flying.push(kernels.measure(sounds, framesPerClip));
        if (flying.length >= 2) await flying.shift();
      }
      await Promise.all(flying);
    };
    await straight();
    const direct = await timed(small ? 1 : 3, straight);
    result['oneThreadPcm16'] = { ms: spread(direct), timesRealTime: Math.round((1000 * audio) / spread(direct).median) };
    report(result);
    const reading = await timed(small ? 1 : 3, async () => paths.forEach((path) => readFileSync(path)));
    result['readingAlone'] = { ms: spread(reading), timesRealTime: Math.round((1000 * audio) / spread(reading).median) };
    kernels.dispose();
    report(result);

    const outcome = await extract({ sounds: [folder], library: join(folder, 'library'), backend: 'webgpu' });
    result['extractCommand'] = { seconds: outcome.seconds, failed: outcome.files.failed, timesRealTime: Math.round(outcome.audioSeconds / outcome.seconds) };
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A WAV of 16-bit mono samples, with a plain header of 44 bytes. */
function wavOf(pcm16: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + 2 * pcm16.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  for (const [at, value] of [[16, 16], [24, RATE], [28, 2 * RATE], [40, 2 * pcm16.length]] as const) header.writeUInt32LE(value, at);
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]] as const) header.writeUInt16LE(value, at);
  header.write('data', 36, 'latin1');
  return Buffer.concat([header, Buffer.from(pcm16.buffer, pcm16.byteOffset, pcm16.byteLength)]);
}

/** PyTorch on the same card, where there is a python3 that has it. */
const torch: Step = (small) =>
  new Promise((done) => {
    const script = fileURLToPath(new URL('./peers/gpu_torch.py', import.meta.url));
    execFile('python3', [script, ...(small ? ['--small'] : [])], { maxBuffer: 2 ** 20 }, (error, stdout, stderr) => {
      done(error === null ? (JSON.parse(stdout.trim().split('\n').at(-1)!) as object) : { absent: (stderr.trim().split('\n').at(-1) ?? '') || error.message });
    });
  });

export const STEPS: readonly { readonly name: string; readonly limitSeconds: number; readonly run: Step }[] = [
  { name: 'device', limitSeconds: 60, run: device },
  { name: 'conformance', limitSeconds: 150, run: conformance },
  { name: 'features', limitSeconds: 120, run: features },
  { name: 'kmeans-200k-64-64', limitSeconds: 60, run: kmeansStep(200_000, 64, 64) },
  { name: 'kmeans-1M-128-1024', limitSeconds: 90, run: kmeansStep(1_000_000, 128, 1024) },
  { name: 'kmeans-seeding', limitSeconds: 90, run: seeding },
  { name: 'silhouettes', limitSeconds: 90, run: silhouettes },
  { name: 'torch', limitSeconds: 90, run: torch },
  { name: 'wav-files', limitSeconds: 150, run: wavFiles },
];
