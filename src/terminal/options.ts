import type { Argv } from 'yargs';
import type { AnalysisSettings } from '../config/analysis.js';
import { SoundkinError } from '../errors.js';

/** Options that several verbs share, and what they become. */
export function backendOption(args: Argv): Argv {
  return args.option('backend', { choices: ['auto', 'webgpu', 'tensorflow', 'wasm', 'cpu'] as const, default: 'auto', describe: 'What computes; `soundkin doctor` tells what there is' });
}

export function featuresOption(args: Argv): Argv {
  return args.option('features', { choices: ['kin', 'seed'] as const, default: 'kin', describe: 'What sounds are compared by; seed is the classic librosa recipe' });
}

export function seedOption(args: Argv): Argv {
  return args.option('seed', { type: 'number', default: 0, describe: 'Same seed, same clusters' });
}

const ANALYSIS = {
  'sample-rate': 'Hz that sounds are resampled to; 0 keeps the file\'s own (22050)',
  'n-fft': 'Samples in one Fourier transform (2048)',
  'hop-length': 'Samples from one frame to the next (512)',
} as const;

export function analysisOptions(args: Argv): Argv {
  return Object.entries(ANALYSIS).reduce((built, [name, describe]) => built.option(name, { type: 'number', describe, group: 'Analysis (a library keeps that of its first run):' }), args);
}

export interface AnalysisArguments {
  readonly sampleRate?: number;
  readonly nFft?: number;
  readonly hopLength?: number;
}

/** Only what was given: the library's own settings stand for the rest. */
export function analysisOf({ sampleRate, nFft, hopLength }: AnalysisArguments): Partial<AnalysisSettings> {
  return {
    ...(sampleRate !== undefined && { sampleRate }),
    ...(nFft !== undefined && { nFft }),
    ...(hopLength !== undefined && { hopLength }),
  };
}

/** A number of clusters. @throws USAGE when it is neither 'auto' nor an integer. */
export function kOf(text: string): number | 'auto' {
  if (text === 'auto') return 'auto';
  if (/^\d+$/.test(text) && Number(text) >= 1) return Number(text);
  throw new SoundkinError('USAGE', `cluster: expected --k to be a number from 1, a range such as 2..12, or auto, got "${text}".`);
}

/** A range of k. @throws USAGE when it is not two integers with two dots between. */
export function kRangeOf(text: string): [number, number] {
  const match = /^(\d+)\.\.(\d+)$/.exec(text);
  if (match === null) throw new SoundkinError('USAGE', `sweep: expected --k to be a range such as 2..16, got "${text}".`);
  return [Number(match[1]), Number(match[2])];
}
