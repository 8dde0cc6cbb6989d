import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createAnalysisSettings } from '../src/config/analysis.js';
import { decodeFile } from '../src/decode/index.js';
import { openDevice } from '../src/device/open-device.js';
import type { TrackFeatures } from '../src/features/extract.js';
import { columnNames, featureLayout } from '../src/features/feature-set.js';
import { packChromaFilterbank } from '../src/features/kernels/wasm/pack-tables.js';
import { createTrackInstance } from '../src/features/kernels/wasm/track-instance.js';
import { createTrackKernel } from '../src/features/kernels/wasm/track-kernel.js';
import { composedMeasurer } from '../src/features/measure-composed.js';
import { createRandom } from '../src/random.js';
import { chromaFilterbank } from '../src/tensor-dsp/tables/chroma-filterbank.js';
import { webAssembly, type WasmModule } from '../src/web-assembly.js';

/**
 * Microseconds a frame of the wasm feature kernel, whole and stage by stage, on music and on white noise.
 *
 *   node scripts/run-ts.mjs bench/kernel.ts [--rounds N] [OTHER.wasm]
 *
 * Each number is the best of many short rounds, in which all stages take turns. Another build of the kernel is timed in the same turns.
 */

const SAMPLE_RATE = 22050;
const SECONDS = 30;
const settings = { ...createAnalysisSettings(), sampleRate: SAMPLE_RATE };
const { nFft, hopLength, nMels, nChroma } = settings;
/** Frames of a stage's round: short, so that some rounds are undisturbed on a machine that others use. */
const FRAMES = 128;

/** Loops, drones, drums and guitars, two seconds of each in turn. */
async function music(): Promise<Float32Array> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('supersonic-scsynth-samples/package.json')), 'samples');
  const names = readdirSync(folder).filter((name) => /^(loop_|guit_|ambi_|drum_|bass_|arovane).*\.flac$/.test(name));
  const sound = new Float32Array(SECONDS * SAMPLE_RATE);
  let length = 0;
  for (let i = 0; length < sound.length; i++) {
    const { samples } = await decodeFile(join(folder, names[(i * 7) % names.length]!), { sampleRate: SAMPLE_RATE });
    const piece = samples.subarray(0, Math.min(2 * SAMPLE_RATE, sound.length - length));
    sound.set(piece, length);
    length += piece.length;
  }
  return sound;
}

function noise(): Float32Array {
  const random = createRandom(1);
  return Float32Array.from({ length: SECONDS * SAMPLE_RATE }, () => random.next() - 0.5);
}

/** The kernel's rows against those of composed operations, by the bounds of test/features/kernel.test.ts. */
function check(actual: TrackFeatures, expected: TrackFeatures): void {
  for (const layout of ['seed', 'kin'] as const) {
    for (const [i, name] of columnNames(featureLayout(layout, settings)).entries()) {
      const [a, e] = [actual[layout][i]!, expected[layout][i]!];
      const bound = /^(mfcc|contrast)/.test(name) ? 0.01 : 2e-4 * Math.max(Math.abs(e), /^(mel|rms)/.test(name) ? 1e-4 : name.startsWith('bandwidth') ? 1000 : 1);
      if (!(Math.abs(a - e) <= bound)) throw new Error(`${layout} ${name}: ${a}, composed ${e}`);
    }
  }
}

interface Stage {
  readonly name: string;
  readonly frames: number;
  run(): void;
}

function stagesOf(module: WasmModule, sound: Float32Array): Stage[] {
  const whole = createTrackKernel(module, settings);
  const instance = createTrackInstance(module, settings);
  const { kernel, memory, stride, nBins, melTable, firstBin, lastBin } = instance;
  const rowStride = kernel.rowFloats();
  const samples = memory.allocate(4 * ((FRAMES - 1) * hopLength + nFft + 64));
  const power = memory.allocate(4 * stride * FRAMES);
  const rows = memory.allocate(4 * rowStride * FRAMES);
  const frames = memory.allocate(4 * kernel.frameFloats() * (FRAMES + 3));
  const weights = memory.allocate(8 * FRAMES);
  const out = memory.allocate(4 * Math.max(nBins, rowStride) + 64);
  const pitches = memory.allocate(instance.tilePeakBytes);
  const table = packChromaFilterbank(chromaFilterbank({ ...settings, tuning: 0.03 }), nBins, nChroma);
  memory.bytes(instance.chromaTable, table.length).set(table);
  // From the middle, where the music is.
  const start = Math.floor(sound.length / 2);
  memory.floats(samples, (FRAMES - 1) * hopLength + nFft).set(sound.subarray(start, start + (FRAMES - 1) * hopLength + nFft));
  const measure = (): number => kernel.measureFrames(samples, FRAMES, -1, sound.length, power, stride, rows, rowStride, pitches);
  const found = measure();
  const largest = Array.from({ length: FRAMES }, (_, t) => Math.max(...memory.floats(power + 4 * stride * t, nBins)));
  const each = (run: (at: number, t: number) => void) => (): void => {
    for (let t = 0; t < FRAMES; t++) run(power + 4 * stride * t, t);
  };
  const stage = (name: string, run: () => void): Stage => ({ name, frames: FRAMES, run });
  return [
    { name: 'whole track, samples to row', frames: 1 + Math.floor(sound.length / hopLength), run: () => void whole.measure(sound) },
    stage('transform', () => kernel.measurePowers(samples, hopLength, FRAMES, power, stride, instance.spectra)),
    stage('moments, flatness', each((at) => kernel.measureShape(at, nBins, out))),
    stage('mel', each((at) => kernel.mel(at, melTable, nMels, out))),
    stage('contrast', each((at) => kernel.contrast(at, out))),
    stage('pitch peaks', each((at, t) => void kernel.pitchPeaks(at, firstBin, lastBin, largest[t]!, SAMPLE_RATE, nFft, pitches))),
    stage('all of a frame', () => void measure()),
    stage('tuning', () => void kernel.estimateTuning(pitches, found, nChroma, instance.tuningScratch)),
    stage('chroma', () => kernel.measureChroma(power, stride, FRAMES, instance.chromaTable, nChroma, rows + 4 * kernel.chromaPlace(), rowStride)),
    stage('decibels, cepstra, statistics', () => kernel.measureTrack(rows, FRAMES, frames, weights, instance.seed, instance.kin)),
  ];
}

/** Microseconds a frame of every stage of every build: the best of many turns. */
function best(builds: readonly Stage[][], rounds: number): number[][] {
  const times = builds.map((stages) => stages.map(() => Infinity));
  for (let round = 0; round < rounds; round++) {
    for (let stage = 0; stage < builds[0]!.length; stage++) {
      builds.forEach((stages, build) => {
        const { frames, run } = stages[stage]!;
        const start = performance.now();
        run();
        times[build]![stage] = Math.min(times[build]![stage]!, ((performance.now() - start) / frames) * 1000);
      });
    }
  }
  return times;
}

const args = process.argv.slice(2);
const roundsAt = args.indexOf('--rounds');
const rounds = roundsAt < 0 ? 60 : Number(args.splice(roundsAt, 2)[1]);
const { device } = await openDevice('wasm');
const modules = [device.trackKernel!, ...args.map((file) => new webAssembly.Module(readFileSync(file)))];
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}; nFft ${nFft}, hop ${hopLength}, ${SAMPLE_RATE} Hz\n`);
for (const [name, sound] of [['music', await music()], ['white noise', noise()]] as const) {
  const measurer = composedMeasurer(settings);
  const [expected] = await measurer.measure([{ samples: sound, sampleRate: SAMPLE_RATE }], 256);
  measurer.dispose();
  for (const module of modules) check(createTrackKernel(module, settings).measure(sound), expected!);
  const builds = modules.map((module) => stagesOf(module, sound));
  const times = best(builds, rounds);
  console.log(`| µs a frame, ${name} |${['this build', ...args].map((title) => ` ${title} |`).join('')}`);
  console.log(`| --- |${' ---: |'.repeat(modules.length)}`);
  builds[0]!.forEach((stage, i) => console.log(`| ${stage.name} |${times.map((of) => ` ${of[i]!.toFixed(2)} |`).join('')}`));
  console.log(`| whole track over transform |${times.map((of) => ` ${(of[0]! / of[1]!).toFixed(2)} |`).join('')}\n`);
}
