/** Decoding by format, and resampling, one thread. */
import type { BenchContext, Stage, StageResult } from '../harness/context.js';
import { worstShare } from '../harness/agreement.js';
import { contest, type Entrant } from '../harness/contest.js';
import type { Entry } from '../harness/result.js';
import { filesOf } from '../workloads/data-folder.js';
import { SONG_SECONDS, songs } from '../workloads/songs.js';
import { CLIP_SECONDS, seedClips } from '../workloads/seed-clips.js';

interface Levels {
  readonly level: readonly (readonly number[])[];
}

/** Levels of a sixteenth of a sound, as a share of the loudest: measured 1e-7 and less. A decoder's delay, or a sample lost, would be 1e-3. */
const LEVEL_TOLERANCE = 1e-5;
type Format = 'wav' | 'flac' | 'mp3' | 'ogg';

function checkLevels(results: ReadonlyMap<string, { result: unknown }>): Map<string, Entry['check']> {
  const [ours, theirs] = [...results.values()].map(({ result }) => (result as Levels).level);
  if (ours === undefined || theirs === undefined) return new Map([...results.keys()].map((name) => [name, { ok: true, text: 'nothing to compare with' }]));
  const worst = worstShare(ours, theirs);
  return new Map([...results.keys()].map((name) => [name, { ok: worst <= LEVEL_TOLERANCE, text: `levels within ${worst.toExponential(0)} of each other` }]));
}

async function decoding(format: Format, files: readonly string[], seconds: number, context: BenchContext, stage: 'decode' | 'resample' = 'decode'): Promise<StageResult> {
  const job = { stage, files, sampleRate: 22_050 };
  const entrants: Entrant[] = [
    { name: 'Soundkin', group: 'soundkin', adapter: 'ours/decoding.ts', job, threads: 1 },
    { name: stage === 'decode' ? 'libsndfile, in Python' : 'soxr HQ, in Python', group: 'peer', adapter: 'peers/sound_decoding.py', job, threads: 1 },
  ];
  return {
    workload: stage === 'decode' ? `decode-${format}` : 'resample',
    title: stage === 'decode' ? `Decoding ${files.length} ${format.toUpperCase()} file${files.length === 1 ? '' : 's'} to mono float32, one thread` : `Resampling ${files.length} sound${files.length === 1 ? '' : 's'} from 44 100 to 22 050 Hz, one thread`,
    amount: { value: seconds, unit: 'audio seconds' },
    entries: await contest(entrants, { rounds: context.rounds, check: checkLevels }),
    notes: [],
  };
}

export const decode: Stage = {
  name: 'decode',
  about: 'decoding WAV, FLAC, MP3 and Ogg Vorbis, and resampling, beside libsndfile and soxr',
  run: async (context) => {
    const clips = filesOf(await seedClips(50)).slice(0, context.quick ? 10 : 50);
    const results = [await decoding('wav', clips, clips.length * CLIP_SECONDS, context)];
    const library = filesOf(await songs(context.quick ? 3 : 12));
    for (const format of ['flac', 'mp3', 'ogg'] as const) {
      const files = library.filter((file) => file.endsWith(format));
      results.push(await decoding(format, files, files.length * SONG_SECONDS, context));
    }
    const flac = library.filter((file) => file.endsWith('flac')).slice(0, 2);
    results.push(await decoding('flac', flac, flac.length * SONG_SECONDS, context, 'resample'));
    return results;
  },
};
