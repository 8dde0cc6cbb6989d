/** What runs in a worker thread: one function a task. Whatever goes wrong with a file is returned, never thrown: a throw means that the thread is broken. */
import { decodeFile } from '../decode/index.js';
import { createPreview, PREVIEW_RATE, PREVIEW_SECONDS } from '../report/preview.js';
import { exitStatus, SoundkinError } from '../errors.js';
import { requirePackage } from '../require-package.js';
import { faultOf } from './fault-of.js';
import { measureFile } from './measure-file.js';
import type { MadePreview, Outcome, TaskInput, TaskName, Tasks } from './tasks.js';

/** Seconds decoded beyond what a preview plays, so that it ends where the sound goes on, and fades. */
const BEYOND_PREVIEW = 0.1;

type Handler<N extends TaskName> = (input: TaskInput<N>) => Promise<Outcome<Tasks[N]['output']>>;

async function caught<T>(path: string, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    return { fault: faultOf(error, path) };
  }
}

export const measure: Handler<'measure'> = (input) => caught(input.path, () => measureFile(input));

export const decode: Handler<'decode'> = async ({ path, sampleRate, pcm16: wantsIntegers = false }) =>
  handedOver(
    await caught(path, async () => {
      const { samples, pcm16, ...facts } = await decodeFile(path, { sampleRate, pcm16: wantsIntegers });
      // A view of a larger buffer would take all of that along, which may be another's.
      return { value: { facts, samples: samples.byteLength === samples.buffer.byteLength ? samples : samples.slice(), ...(pcm16 && { pcm16 }) } };
    }),
  );

/** As text, for that is how the page holds them: the threads then do what the main thread would have to. */
export const previews: Handler<'previews'> = ({ paths }) =>
  caught(paths.join(', '), async () => {
    const made: (MadePreview | null)[] = [];
    for (const path of paths) made.push(await previewOf(path));
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

/** Gives the samples to the main thread without a copy. */
async function handedOver(outcome: Outcome<Tasks['decode']['output']>): Promise<Outcome<Tasks['decode']['output']>> {
  if (outcome.fault !== undefined) return outcome;
  const { move, transferableSymbol, valueSymbol } = requirePackage<typeof import('piscina')>('piscina');
  const { samples, pcm16 } = outcome.value;
  return move({ [transferableSymbol as symbol]: [samples.buffer, ...(pcm16 === undefined ? [] : [pcm16.buffer])], [valueSymbol as symbol]: outcome } as never) as never;
}
