import type { InferredOptionTypes } from 'yargs';
import type { BackendName } from '../device/device.js';
import { SoundkinError } from '../errors.js';
import type { FeatureLayoutName } from '../features/feature-set.js';
import { PRIORITIES } from './be-polite.js';

/** What every verb takes. */
export const EVERYWHERE = {
  library: { type: 'string', default: 'soundkin-library', describe: 'Folder of the library', requiresArg: true },
  json: { type: 'boolean', default: false, describe: 'Print one JSON object, for scripts' },
  quiet: { type: 'boolean', default: false, describe: 'No progress' },
} as const;
export type Everywhere = InferredOptionTypes<typeof EVERYWHERE>;

/** How sounds are measured: only what was given counts, the library's own settings stand for the rest. */
export const ANALYSIS = {
  'sample-rate': { type: 'number', describe: "Hz that sounds are resampled to; 0 keeps the file's own (22050)", requiresArg: true },
  'n-fft': { type: 'number', describe: 'Samples in one Fourier transform (2048)', requiresArg: true },
  excerpt: { type: 'string', describe: 'Measure only a part of each sound, such as 60s@middle, 30s@start, 20s@90s', requiresArg: true },
  'hop-length': { type: 'number', describe: 'Samples from one frame to the next (512)', requiresArg: true },
} as const;
export const ANALYSIS_GROUP = 'Analysis (a library keeps that of its first run):';

const BACKEND_CHOICES: readonly (BackendName | 'auto')[] = ['auto', 'webgpu', 'tensorflow', 'wasm', 'cpu'];
const RECIPE_CHOICES: readonly FeatureLayoutName[] = ['kin', 'seed'];

export const BACKEND = {
  backend: { choices: BACKEND_CHOICES, default: 'auto', describe: 'What computes; `soundkin doctor` tells what there is', requiresArg: true },
} as const;

export const FORCE = {
  force: { type: 'boolean', default: false, describe: 'Measure again what has not changed' },
  'retry-errors': { type: 'boolean', default: false, describe: 'Measure again what failed or is damaged' },
} as const;

/** What of the folders is left out. */
export const SELECTION = {
  exclude: { type: 'string', array: true, describe: "Files and folders to pass over, in gitignore's syntax; may be given more than once", requiresArg: true, nargs: 1 },
} as const;

/** Options that may be given more than once; of all others the last one counts. */
export const MANY: readonly string[] = ['exclude', 'code', 'map', 'others'];

/** How much of the machine a run may take. */
export const MACHINE = {
  workers: { type: 'number', describe: 'Threads that decode and measure; all processors by default', requiresArg: true },
  priority: { choices: PRIORITIES, describe: 'low lets other programs go first; on a desktop that is the default', requiresArg: true },
  memory: { type: 'string', describe: 'Memory for sounds in hand and for their features, such as 2G; half of what is free by default', requiresArg: true },
} as const;
export const MACHINE_GROUP = 'Machine (results do not depend on it while the points fit):';

/** How rows become clusters. */
export const CLUSTERING = {
  features: { choices: RECIPE_CHOICES, default: 'kin', describe: 'What sounds are compared by; seed is the classic librosa recipe', requiresArg: true },
  seed: { type: 'number', default: 0, describe: 'Same seed, same clusters', requiresArg: true },
  'n-init': { type: 'number', default: 10, describe: 'Restarts of k-means', requiresArg: true },
} as const;

export const NAME = { name: { type: 'string', default: 'default', describe: 'Name of the clustering', requiresArg: true } } as const;

/** What --k asks for. */
export interface ChosenK {
  readonly k: number | 'auto';
  readonly kRange?: readonly [number, number];
}

/** @throws USAGE when the text is no number from 1, no range, and not 'auto'. */
export function chosenK(text: string): ChosenK {
  if (text === 'auto') return { k: 'auto' };
  if (/^\d+\.\.\d+$/.test(text)) return { k: 'auto', kRange: kRangeOf(text) };
  if (/^\d+$/.test(text) && Number(text) >= 1) return { k: Number(text) };
  throw new SoundkinError('USAGE', `cluster: expected --k to be a number from 1, a range such as 2..12, or auto, got "${text}". Give one of these.`);
}

/** @throws USAGE when the text is not two integers with two dots between, the smaller one, from 2, first. */
export function kRangeOf(text: string): [number, number] {
  const match = /^(\d+)\.\.(\d+)$/.exec(text);
  const [low, high] = [Number(match?.[1]), Number(match?.[2])];
  if (low >= 2 && low <= high) return [low, high];
  throw new SoundkinError('USAGE', `sweep: expected --k to be a range such as 2..16, got "${text}". Give the smaller number, 2 or more, first.`);
}
