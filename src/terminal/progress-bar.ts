import type { SingleBar } from 'cli-progress';
import type { OnProgress, ProgressEvent } from '../progress.js';
import { duration } from './units.js';

/** Shows progress on stderr until `stop`, so that stdout stays clean for results. */
export interface ProgressDisplay {
  readonly onProgress: OnProgress;
  /** Where the job stands: what to do at Ctrl-C depends on it. */
  readonly stage: ProgressEvent['stage'] | undefined;
  stop(): void;
}

const WORDS: Readonly<Record<ProgressEvent['stage'], string>> = {
  scan: 'looking',
  identify: 'comparing',
  decode: 'decoding',
  features: 'measuring',
  kmeans: 'clustering',
  sweep: 'trying k',
  silhouette: 'scoring',
  layout: 'drawing',
  previews: 'previews',
  write: 'writing',
};

/** Where progress goes, and how often. */
export interface ProgressPlace {
  readonly stream: NodeJS.WriteStream;
  /** Plain lines come this far apart where no terminal is watching. */
  readonly lineMs: number;
}
/** Stages that are over in a blink are not worth a bar. */
const QUIET_MS = 300;

/** One bar on a terminal, a line now and then in a pipe, nothing when silent. */
export async function createProgressDisplay(silent: boolean, place: ProgressPlace = { stream: process.stderr, lineMs: 5000 }): Promise<ProgressDisplay> {
  if (silent) return tracker(() => undefined, () => undefined);
  return place.stream.isTTY ? terminalBar(place) : plainLines(place);
}

function tracker(show: (event: ProgressEvent, stageStarted: number) => void, stop: () => void): ProgressDisplay {
  let stage: ProgressEvent['stage'] | undefined;
  let started = performance.now();
  return {
    get stage() {
      return stage;
    },
    onProgress: (event) => {
      if (event.stage !== stage) {
        stop();
        stage = event.stage;
        started = performance.now();
      }
      show(event, started);
    },
    stop,
  };
}

async function terminalBar({ stream }: ProgressPlace): Promise<ProgressDisplay> {
  const { SingleBar, Presets } = (await import('cli-progress')).default;
  let bar: SingleBar | undefined;
  return tracker(
    (event, started) => {
      if (event.total === undefined || performance.now() - started < QUIET_MS) return;
      if (bar === undefined) {
        const columns = stream.columns ?? 80;
        bar = new SingleBar(
          { format: `{word} {bar} {value}/{total}${columns >= 60 ? '  {rate}' : ''}${columns >= 50 ? '  {left}' : ''}`, barsize: Math.max(4, Math.min(30, columns - 48)), hideCursor: true, clearOnComplete: true, stream, fps: 10 },
          Presets.shades_classic,
        );
        bar.start(event.total, event.done, fields(event, started));
      }
      bar.update(event.done, fields(event, started));
    },
    () => {
      bar?.stop();
      bar = undefined;
    },
  );
}

function fields(event: ProgressEvent, started: number): Record<string, string> {
  const seconds = (performance.now() - started) / 1000;
  const left = event.done > 0 && event.total !== undefined ? (seconds / event.done) * (event.total - event.done) : Infinity;
  return { word: WORDS[event.stage].padEnd(10), rate: rate(event, seconds), left: Number.isFinite(left) ? `${duration(left)} left` : '' };
}

function rate({ done, audioSeconds }: ProgressEvent, seconds: number): string {
  const perSecond = done / seconds;
  const files = `${perSecond >= 10 ? Math.round(perSecond) : perSecond.toFixed(1)}/s`;
  return audioSeconds === undefined ? files : `${files} (${Math.round(audioSeconds / seconds)}x)`;
}

function plainLines({ stream, lineMs }: ProgressPlace): ProgressDisplay {
  let last = performance.now();
  return tracker(
    (event, started) => {
      // A stage that has only begun has no rate to tell.
      if (event.total === undefined || performance.now() - Math.max(last, started) < lineMs) return;
      last = performance.now();
      const { rate: speed, left } = fields(event, started);
      stream.write(`${WORDS[event.stage]}: ${event.done} of ${event.total}, ${speed}${left === '' ? '' : `, ${left}`}\n`);
    },
    () => undefined,
  );
}
