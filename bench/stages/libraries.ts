/** Whole extractions: a sample library, a music library, one very long file; each file to its row, as whole processes. */
import { statSync } from 'node:fs';
import type { BenchContext, Stage, StageResult } from '../harness/context.js';
import { adapterOnce, processContest, soundkin, type Runner } from '../harness/process-contest.js';
import { workerVariants } from '../harness/worker-variants.js';
import { filesOf } from '../workloads/data-folder.js';
import { oneShots } from '../workloads/one-shots.js';
import { longFile, longFileInParts, SONG_SECONDS, songs } from '../workloads/songs.js';

interface Extraction {
  readonly files: { readonly ok: number; readonly failed: number };
  readonly audioSeconds: number;
}

function extractions(folder: string, count: number, context: BenchContext, backends: readonly string[] = ['wasm'], what = ''): Runner[] {
  return backends.flatMap((backend) =>
    workerVariants('extract', context).map(({ label, threads, options }): Runner => ({
      name: `Soundkin, ${backend}${label}${what}`,
      group: 'soundkin',
      threads,
      command: (library) => soundkin(['extract', folder, '--library', library, '--backend', backend, '--json', ...options]),
      check: (output) => {
        const { files } = JSON.parse(output) as Extraction;
        return { ok: files.ok === count && files.failed === 0, text: `${files.ok} of ${count} measured` };
      },
    })),
  );
}

function adapter(name: string, group: Runner['group'], file: string, files: readonly string[], total: number, more: object = {}): Runner {
  return {
    name,
    group,
    threads: 1,
    share: files.length / total,
    ...(files.length < total && { note: `${files.length} of the files, start-up counted once` }),
    command: (folder) => adapterOnce(file, { from: 'file', stage: 'load', files, sampleRate: 22_050, threads: 1, warmUp: files.length < total, ...more }, folder),
    check: (output) => ({ ok: /"seconds"/.test(output), text: `${files.length} done; values: see \`features\`` }),
  };
}

const FLOOR = 'Decoding alone is decoding and resampling in one thread, without scanning, measuring or writing.';

/** One in so many, taken evenly: a slow peer does a part. */
function everyNth(files: readonly string[], most: number): string[] {
  const count = Math.min(most, files.length);
  return Array.from({ length: count }, (_, i) => files[Math.floor((i * files.length) / count)]!);
}

export const oneShotLibrary: Stage = {
  name: 'one-shots',
  about: '2 000 one-shots of 0.2 to 2 s, WAV at 44 100 Hz, to rows of a library',
  run: async (context) => {
    const count = Math.max(20, Math.round(2000 * context.scale));
    const folder = await oneShots(count);
    const files = filesOf(folder);
    const seconds = files.reduce((sum, file) => sum + (statSync(file).size - 44) / 2 / 44_100, 0);
    const entries = await processContest(
      [
        ...extractions(folder, count, context, context.backends.filter((backend) => backend !== 'cpu')),
        adapter('librosa, one call a feature', 'peer', 'peers/librosa_calls.py', everyNth(files, Math.max(20, count / 10)), count),
        adapter('PyTorch, decoded by librosa', 'peer', 'peers/torch_features.py', everyNth(files, Math.max(20, count / 5)), count),
        adapter('floor: decoding alone', 'floor', 'ours/decoding.ts', files, count),
      ],
      context.rounds,
      context.quick ? 20 : 300,
    );
    return [{ workload: 'one-shots', title: `${count} one-shots of 0.2 to 2 s (WAV, 44 100 Hz) to a library's rows, whole processes`, amount: { value: seconds, unit: 'audio seconds' }, entries, notes: [FLOOR] }];
  },
};

export const songLibrary: Stage = {
  name: 'songs',
  about: '200 songs of 4 minutes as MP3, Ogg Vorbis and FLAC, to rows of a library, beside decoding alone',
  run: async (context) => {
    const count = Math.max(3, Math.round(200 * context.scale));
    const folder = await songs(count);
    const files = filesOf(folder);
    const entries = await processContest(
      [
        ...extractions(folder, count, context, context.backends.filter((backend) => backend === 'wasm' || context.gpuBackends.includes(backend))),
        adapter('librosa, one call a feature', 'peer', 'peers/librosa_calls.py', everyNth(files, Math.max(3, count / 30)), count),
        adapter('floor: decoding alone', 'floor', 'ours/decoding.ts', files, count),
      ],
      context.rounds,
      context.quick ? 20 : 600,
    );
    return [{ workload: 'songs', title: `${count} songs of 4 minutes (MP3, Ogg Vorbis, FLAC) to a library's rows, whole processes`, amount: { value: count * SONG_SECONDS, unit: 'audio seconds' }, entries, notes: [FLOOR] }];
  },
};

/** Of the files that a long one is compared with. */
const PART_MINUTES = 10;

export const tenHours: Stage = {
  name: 'ten-hours',
  about: 'one WAV file of ten hours (1.6 GB) to its row, beside the same sound in files of ten minutes: speed, and memory that must not grow',
  onDemand: true,
  run: async (context): Promise<StageResult[]> => {
    const hours = 10 * context.scale;
    const parts = Math.max(1, Math.round((hours * 60) / PART_MINUTES));
    const entries = await processContest(
      [...extractions(await longFile(hours), 1, context), ...extractions(await longFileInParts(hours, parts), parts, context, ['wasm'], `, in ${parts} files`)],
      Math.min(context.rounds, 3),
    );
    const notes = ['A file this long is read twice, in one thread. Its memory is to be compared with that of one worker on the parts.'];
    return [{ workload: 'ten-hours', title: `One WAV file of ${hours} hours to its row, whole processes`, amount: { value: hours * 3600, unit: 'audio seconds' }, entries, notes }];
  },
};
