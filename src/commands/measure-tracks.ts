import type { AnalysisSettings } from '../config/analysis.js';
import type { Device } from '../device/device.js';
import type { DeviceKeeper } from '../device/device-keeper.js';
import { loadKernel } from '../device/wasm-kernels.js';
import { ERROR_CODES, SoundkinError } from '../errors.js';
import type { Batcher, Measured } from '../features/batcher.js';
import { kernelSupports } from '../features/kernels/wasm/track-kernel.js';
import type { TrackRow } from '../library/index.js';
import type { Track } from '../scan/scan.js';
import { inStage } from '../stage-seconds.js';
import { createAdmission, expectedBytes, fileBatches, STREAMED_BYTES, type DecodedFacts, type Fault, type MeasuredFile, type Outcome, type ThreadPool } from '../threads/index.js';
import { failedRow, measuredRow } from './track-row.js';

export interface MeasureTracksOptions {
  readonly settings: AnalysisSettings;
  readonly devices: DeviceKeeper;
  readonly threads: ThreadPool;
  /** Bytes that sounds in hand may take. */
  readonly memoryBytes: number;
  /** Takes no further track once it is aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly onRow: (row: TrackRow) => Promise<void>;
}

/** Tasks that wait for each thread, so that none is idle between two. */
const TASKS_PER_THREAD = 3;

/**
 * Measures tracks on all threads. With a feature kernel a thread takes a file from its bytes to its row; otherwise the threads decode ahead, and the device
 * measures what they decoded, in full batches. Rows come as they are done; what is in them does not depend on the number of threads.
 *
 * @throws what is no fault of a file: INTERNAL, or whatever `onRow` throws.
 */
export async function measureTracks(tracks: readonly Track[], options: MeasureTracksOptions): Promise<void> {
  const { settings, devices } = options;
  if (measuresInThreads(devices.device, settings)) return measureInThreads(tracks, options);
  // Loaded only here: TensorFlow.js comes with it.
  const { createBatcher } = await import('../features/batcher.js');
  const batcher: Batcher<Decoded> = createBatcher(settings, devices);
  let left: readonly Track[];
  try {
    left = await measureOnDevice(tracks, options, batcher);
  } finally {
    batcher.dispose();
  }
  await measureInThreads(left, options);
}

function measuresInThreads({ trackKernel }: Device, settings: AnalysisSettings): boolean {
  return trackKernel !== undefined && kernelSupports(settings);
}

async function measureInThreads(tracks: readonly Track[], { settings, devices: { device }, threads, memoryBytes, signal, onRow }: MeasureTracksOptions): Promise<void> {
  const admission = createAdmission(memoryBytes, threads.size * TASKS_PER_THREAD);
  const running = new Set<Promise<void>>();
  let broken: { readonly error: unknown } | undefined;
  const measure = async (batch: readonly Track[]): Promise<void> => {
    const outcomes = await threads.measure({ paths: batch.map(({ absolutePath }) => absolutePath), settings, trackKernel: device.trackKernel! });
    for (const [i, { value, fault }] of outcomes.entries()) {
      const track = batch[i]!;
      if (fault === undefined) await onRow(measuredRow(track, value.facts, value.features, device.backend));
      else await keepFault(track, fault, signal, onRow);
    }
  };
  for (const { files, bytes } of fileBatches(tracks, threads.size)) {
    await admission.enter(bytes);
    if (signal?.aborted === true || broken !== undefined) break;
    const task: Promise<void> = measure(files)
      .catch((error: unknown) => void (broken ??= { error }))
      .finally(() => {
        running.delete(task);
        admission.leave(bytes);
      });
    running.add(task);
  }
  await Promise.all(running);
  if (broken !== undefined) throw broken.error;
}

interface Decoded {
  readonly track: Track;
  readonly facts: DecodedFacts;
  readonly bytes: number;
}

/**
 * The threads decode ahead as far as the budget goes; the device takes the sounds in the tracks' order, so that its batches are the same in every run.
 *
 * @returns the tracks that are left where the device failed, and the run went on with one whose sounds are measured in the threads.
 */
async function measureOnDevice(tracks: readonly Track[], { settings, devices, threads, memoryBytes, signal, onRow }: MeasureTracksOptions, batcher: Batcher<Decoded>): Promise<readonly Track[]> {
  const admission = createAdmission(memoryBytes);
  // A device gains nothing from one long sound: a thread measures it as it comes, beside the others.
  const refuseLong = kernelSupports(settings);
  const longOnes = new Set<Promise<void>>();
  let broken: { readonly error: unknown } | undefined;
  const measureLong = async (track: Track): Promise<void> => {
    const trackKernel = await loadKernel('features/kernels/wasm/track.wasm');
    const [{ value, fault }] = (await threads.measure({ paths: [track.absolutePath], settings, trackKernel })) as [Outcome<MeasuredFile>];
    if (fault === undefined) await onRow(measuredRow(track, value.facts, value.features, 'wasm'));
    else await keepFault(track, fault, signal, onRow);
  };
  const ahead: { readonly track: Track; readonly bytes: number; readonly decoding: ReturnType<typeof decodeInThread> }[] = [];
  const decodeInThread = (track: Track) => threads.run('decode', { path: track.absolutePath, settings, pcm16: devices.device.backend === 'webgpu', refuseLong });
  const keep = async (done: readonly Measured<Decoded>[]): Promise<void> => {
    for (const { tag, features, backend, error } of done) {
      admission.leave(tag.bytes);
      await onRow(error === undefined ? measuredRow(tag.track, tag.facts, features, backend) : failedRow(tag.track, { code: error.code, message: error.message, facts: tag.facts }));
    }
  };
  const takeOne = async (): Promise<void> => {
    const { track, bytes, decoding } = ahead.shift()!;
    const { value, fault } = await decoding;
    if (fault !== undefined) {
      admission.leave(bytes);
      return keepFault(track, fault, signal, onRow);
    }
    if (value === null) {
      const measuring: Promise<void> = measureLong(track)
        .catch((error: unknown) => void (broken ??= { error }))
        .finally(() => {
          longOnes.delete(measuring);
          admission.leave(bytes);
        });
      longOnes.add(measuring);
      return;
    }
    await keep(await inStage('features', () => batcher.add({ samples: value.samples, sampleRate: value.facts.sampleRate, ...(value.pcm16 && { pcm16: value.pcm16 }) }, { track, facts: value.facts, bytes })));
  };

  let taken = 0;
  for (const track of tracks) {
    if (measuresInThreads(devices.device, settings)) break;
    const bytes = refuseLong ? Math.min(expectedBytes(track.path, track.size), STREAMED_BYTES) : expectedBytes(track.path, track.size);
    while (ahead.length >= threads.size * TASKS_PER_THREAD) await takeOne();
    let admitted = false;
    const entry = admission.enter(bytes).then(() => void (admitted = true));
    await Promise.resolve();
    // Room is made by what is measured: first the sounds on their way, then batches that are not yet full.
    while (!admitted && ahead.length > 0) await takeOne();
    if (!admitted) await keep(await inStage('features', () => batcher.finish()));
    await entry;
    if (signal?.aborted === true || broken !== undefined) break;
    ahead.push({ track, bytes, decoding: decodeInThread(track) });
    taken += 1;
  }
  while (ahead.length > 0) await takeOne();
  await keep(await inStage('features', () => batcher.finish()));
  await Promise.all(longOnes);
  if (broken !== undefined) throw broken.error;
  return signal?.aborted === true || !measuresInThreads(devices.device, settings) ? [] : tracks.slice(taken);
}

async function keepFault(track: Track, fault: Fault, signal: AbortSignal | undefined, onRow: MeasureTracksOptions['onRow']): Promise<void> {
  // A fault of ours is not the file's, and would be ours again with the next one.
  if (ERROR_CODES[fault.code].exit === 3) throw new SoundkinError(fault.code, fault.message);
  // Ctrl-C also reaches the programs that decode for us: what they leave unfinished is no fault of the file.
  if (signal?.aborted !== true) await onRow(failedRow(track, fault));
}
