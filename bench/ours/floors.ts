/** What no way of measuring gets below: the Fourier transforms of the frames alone (our own kernel's), or reading every sample once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFile } from '../../src/decode/index.js';
import { WASM_PAGE_BYTES, webAssembly } from '../../src/web-assembly.js';
import { DIST } from '../harness/adapter-process.js';
import { readJob, serve } from './adapter.js';

interface Job {
  readonly floor: 'fft' | 'copy';
  readonly files: readonly string[];
  readonly sampleRate: number;
  readonly frames: number;
}

/** Of the feature kernel's exports, those of its transform. */
interface Kernel {
  heapStart(): number;
  spectrumBytes(nFft: number): number;
  setupSpectrum(nFft: number, window: number, memory: number): void;
  measurePowers(samples: number, hop: number, count: number, power: number, stride: number): void;
}

const N_FFT = 2048;
const HOP = 512;
/** Floats from one spectrum to the next, with room for what whole registers write beyond. */
const STRIDE = N_FFT / 2 + 16;
/** Spectra that go through together, as in the kernel: they stay in the cache. */
const TILE = 128;
const job = readJob<Job>();

async function fft(): Promise<void> {
  const memory = new webAssembly.Memory({ initial: 64, maximum: 65_536 });
  const module = new webAssembly.Module(readFileSync(join(DIST, 'features', 'kernels', 'wasm', 'track.wasm')));
  const kernel = new webAssembly.Instance(module, { env: { memory, abort: () => undefined } }).exports as Kernel;
  const aligned = (address: number): number => Math.ceil(address / 64) * 64;
  const window = aligned(kernel.heapStart());
  const setup = window + 8 * N_FFT;
  const samples = aligned(setup + kernel.spectrumBytes(N_FFT));
  const length = (TILE - 1) * HOP + N_FFT;
  const power = aligned(samples + 4 * length);
  memory.grow(Math.ceil((power + 4 * TILE * STRIDE) / WASM_PAGE_BYTES));
  new Float64Array(memory.buffer, window, N_FFT).set(Float64Array.from({ length: N_FFT }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / N_FFT)));
  kernel.setupSpectrum(N_FFT, window, setup);
  // A sine in the middle of bin 100: with a Hann window its power there is (nFft / 4)^2.
  new Float32Array(memory.buffer, samples, length).set(Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * 100 * i) / N_FFT)));
  await serve(
    { peer: 'floor: transforms alone', version: '', threads: 1 },
    {
      run: async () => {
        for (let left = job.frames; left > 0; left -= TILE) kernel.measurePowers(samples, HOP, Math.min(left, TILE), power, STRIDE);
      },
      result: () => ({ peak: new Float32Array(memory.buffer, power, N_FFT / 2 + 1)[100]! / (N_FFT / 4) ** 2 }),
    },
  );
}

async function copy(): Promise<void> {
  const sounds: Float32Array[] = [];
  for (const file of job.files) sounds.push((await decodeFile(file, { sampleRate: job.sampleRate })).samples);
  const target = new Float32Array(Math.max(...sounds.map(({ length }) => length)));
  await serve(
    { peer: 'floor: copying the samples', version: '', threads: 1 },
    {
      run: async () => {
        for (const sound of sounds) target.set(sound);
      },
      result: () => ({ peak: target[7] === sounds.at(-1)![7] ? 1 : 0 }),
    },
  );
}

await (job.floor === 'fft' ? fft() : copy());
