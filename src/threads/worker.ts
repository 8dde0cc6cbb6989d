/** What runs in a worker thread: one function a task. Whatever goes wrong with a file is returned, never thrown: a throw means that the thread is broken. */
import { workerData } from 'node:worker_threads';
import { decodeFile, identifyFile } from '../decode/index.js';
import { exitStatus, SoundkinError } from '../errors.js';
import { inStage } from '../stage-seconds.js';
import { createPreview, PREVIEW_RATE, PREVIEW_SECONDS } from '../report/preview.js';
import { decodeForMeasuring } from './decode-for-measuring.js';
import { faultOf } from './fault-of.js';
import { mostSecondsInMemory } from './long-file.js';
import { fileMeasurer } from './measure-file.js';
import { serveTasks, type Handler, type Handlers, type ThreadData } from './serve-tasks.js';
import type { MadePreview, MeasuredFile, Outcome } from './tasks.js';
import { warmThread } from './warm-thread.js';

/** Seconds decoded beyond what a preview plays, so that it ends where the sound goes on, and fades. */
const BEYOND_PREVIEW = 0.1;

async function caught<T>(path: string, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    return { fault: faultOf(error, path) };
  }
}

const measure: Handler<'measure'> = async ({ paths, settings, trackKernel }, beginFile) => {
  const measureFile = fileMeasurer(trackKernel, settings);
  const value: Outcome<MeasuredFile>[] = [];
  for (const [i, path] of paths.entries()) {
    beginFile(i);
    value.push(await inStage('features', () => caught(path, () => measureFile(path))));
  }
  return { value };
};

const decode: Handler<'decode'> = async ({ path, settings, pcm16: wantsIntegers = false, refuseLong = false }) =>
  caught(path, async () => {
    const most = refuseLong ? mostSecondsInMemory(settings) : Infinity;
    // A second more than may be held: what then ends before it does is whole, and its end was seen.
    const { samples, pcm16, ...facts } = await decodeForMeasuring(path, settings, wantsIntegers, most + 1);
    if (settings.excerptSeconds === 0 && samples.length > most * facts.sampleRate) return { value: null };
    // A view of a larger buffer would take all of that along, which may be another's.
    return { value: { facts, samples: samples.byteLength === samples.buffer.byteLength ? samples : samples.slice(), ...(pcm16 && { pcm16 }) } };
  });

const identify: Handler<'identify'> = async ({ paths }) => {
  const value: (string | null)[] = [];
  for (const path of paths) value.push(await identifyFile(path).catch(() => null));
  return { value };
};

/** As text, for that is how the page holds them: the threads then do what the main thread would have to. */
const previews: Handler<'previews'> = ({ paths }, beginFile) =>
  caught(paths.join(', '), async () => {
    const made: (MadePreview | null)[] = [];
    for (const [i, path] of paths.entries()) {
      beginFile(i);
      made.push(await previewOf(path));
    }
    return { value: made };
  });

async function previewOf(path: string): Promise<MadePreview | null> {
  try {
    const { samples } = await decodeFile(path, { sampleRate: PREVIEW_RATE, maxSeconds: PREVIEW_SECONDS + BEYOND_PREVIEW, identify: false });
    const { sound, peaks } = await createPreview(samples);
    return { preview: Buffer.from(sound).toString('base64'), peaks: Buffer.from(peaks).toString('base64') };
  } catch (error) {
    // A file that is gone or broken by now plays nothing; a fault of ours is told.
    if (error instanceof SoundkinError && exitStatus(error) !== 3) return null;
    throw error;
  }
}

const { handlers: others, early = false } = workerData as ThreadData;
serveTasks(others === undefined ? { measure, decode, identify, previews } : ((await import(others)) as Handlers), {
  decode: (decoded) => (decoded === null ? [] : [decoded.samples.buffer as ArrayBuffer, ...(decoded.pcm16 === undefined ? [] : [decoded.pcm16.buffer as ArrayBuffer])]),
});
if (early) warmThread();
