/** Features of the seed clips, from samples in memory and from files, one thread: every backend of ours, every peer, and the floors. */
import type { BenchContext, Stage, StageResult } from '../harness/context.js';
import { contest, type Entrant } from '../harness/contest.js';
import { judgeFeatures, type FeatureMeans } from '../harness/agreement.js';
import type { Entry } from '../harness/result.js';
import { filesOf } from '../workloads/data-folder.js';
import { CLIP_RATE, CLIP_SECONDS, seedClips } from '../workloads/seed-clips.js';

const REFERENCE = 'librosa, one call a feature';
const FRAMES = 1 + Math.floor((CLIP_SECONDS * CLIP_RATE) / 512);
/** Plain JavaScript is a thousand times slower than the kernels. */
const CPU_SECONDS = 2;

const PEERS = [
  [REFERENCE, 'peers/librosa_calls.py', {}],
  ['librosa, one STFT', 'peers/librosa_shared.py', {}],
  ['PyTorch', 'peers/torch_features.py', {}],
  ['PyTorch, CUDA', 'peers/torch_features.py', { device: 'cuda' }],
  ['Essentia', 'peers/essentia_features.py', {}],
  ['audioFlux, 5 of the 8', 'peers/audioflux_features.py', {}],
] as const;

function check(results: ReadonlyMap<string, { result: unknown; facts: { own?: readonly string[] } }>): Map<string, Entry['check']> {
  const ours = [...results].find(([name]) => name.startsWith('Soundkin'))?.[1].result as FeatureMeans | undefined;
  const reference = (results.get(REFERENCE)?.result as FeatureMeans | undefined) ?? ours;
  return new Map(
    [...results].map(([name, { result, facts }]) => {
      if (name.startsWith('floor')) return [name, { ok: Math.abs((result as { peak: number }).peak - 1) < 1e-3, text: 'a known value came out' }];
      if (name === 'Soundkin, cpu') return [name, { ok: true, text: "the golden signals' rows" }];
      if (result === reference) return [name, { ok: true, text: 'the reference' }];
      return [name, judgeFeatures(result as FeatureMeans, reference!, facts.own)];
    }),
  );
}

async function run(from: 'memory' | 'file', { quick, rounds, backends }: BenchContext): Promise<StageResult> {
  const clips = quick ? 4 : 50;
  const files = filesOf(await seedClips(50)).slice(0, clips);
  const job = { from, files, sampleRate: CLIP_RATE };
  const entrants: Entrant[] = [
    ...backends.filter((backend) => backend !== 'cpu' || from === 'memory').map((backend): Entrant => {
      const name = `Soundkin, ${backend}`;
      if (backend !== 'cpu') return { name, group: 'soundkin', adapter: 'ours/features.ts', job: { ...job, backend }, threads: 1 };
      return { name, group: 'soundkin', adapter: 'ours/features.ts', job: { ...job, backend, files: files.slice(0, 1), maxSeconds: CPU_SECONDS }, threads: 1, share: CPU_SECONDS / (clips * CLIP_SECONDS) };
    }),
    ...PEERS.map(([name, adapter, more]): Entrant => ({ name, group: 'peer', adapter, job: { ...job, ...more }, threads: 1 })),
    ...(from === 'file'
      ? [{ name: 'floor: decoding alone', group: 'floor', adapter: 'ours/decoding.ts', job: { ...job, stage: 'decode' }, threads: 1 } as const]
      : [
          { name: 'floor: transforms alone', group: 'floor', adapter: 'ours/floors.ts', job: { ...job, floor: 'fft', frames: FRAMES * clips }, threads: 1 } as const,
          { name: 'floor: copying the samples', group: 'floor', adapter: 'ours/floors.ts', job: { ...job, floor: 'copy' }, threads: 1 } as const,
        ]),
  ];
  const entries = await contest(entrants, {
    rounds,
    patienceSeconds: quick ? 10 : 120,
    check: (results) => {
      const [floor] = [...results].filter(([name]) => name === 'floor: decoding alone');
      const checks = check(new Map([...results].filter(([name]) => name !== 'floor: decoding alone')));
      if (floor !== undefined) checks.set(floor[0], { ok: true, text: 'see `decode`' });
      return checks;
    },
  });
  return {
    workload: from === 'memory' ? 'features' : 'features-from-files',
    title: `Eight features of ${clips} clips of ${CLIP_SECONDS} s, ${from === 'memory' ? 'samples in memory' : 'WAV files'}, one thread`,
    amount: { value: clips * CLIP_SECONDS, unit: 'audio seconds', frames: clips * FRAMES },
    entries,
    notes: ['Soundkin measures both recipes in this time: the 171 columns of the peers, and 252 more.'],
  };
}

export const features: Stage = {
  name: 'features',
  about: 'eight features of 50 clips of 30 s: every backend, librosa, PyTorch, Essentia, audioFlux, and the floors',
  run: async (context) => [await run('memory', context), await run('file', context)],
};
