import { runRounds, type Contestant, type RoundsOptions } from '../bench/index.js';
import { decodeFile } from '../decode/index.js';
import { resample } from '../decode/resample.js';
import type { Sound } from '../features/index.js';
import { soundRow, type BenchRow } from './bench-rows.js';
import type { SampledFile } from './bench-sample.js';

/**
 * Times decoding and resampling, one thread, as far as the sample has something to decode and resample.
 *
 * @returns figures, and the sample's sounds at the rate that features are measured at.
 */
export async function decodeRows(files: readonly SampledFile[], sampleRate: number, timing: RoundsOptions, roundSeconds: number): Promise<{ rows: BenchRow[]; sounds: Sound[] }> {
  const others = files.filter((file) => file.sampleRate !== sampleRate);
  const sounds: Sound[] = [];
  const spent = new Map<SampledFile, number>();
  for (const file of files) {
    const started = performance.now();
    sounds.push({ samples: await resample(file.samples, file.sampleRate, sampleRate), sampleRate });
    spent.set(file, (performance.now() - started) / 1000);
  }
  // Of a file that was cut only the beginning is decoded, but all of it is read: its figure would be unlike the others'.
  const whole = files.filter(({ isCut }) => !isCut);
  const decoded = fitting(whole.length > 0 ? whole : files, ({ seconds }) => seconds, roundSeconds);
  const resampled = fitting(others, (file) => spent.get(file)!, roundSeconds);
  const contestants: Contestant[] = [
    {
      run: async () => {
        for (const { path, isCut, samples, sampleRate: rate } of decoded) await decodeFile(path, { sampleRate: 0, ...(isCut && { maxSeconds: samples.length / rate }) });
      },
    },
    ...(resampled.length === 0
      ? []
      : [
          {
            run: async () => {
              for (const file of resampled) await resample(file.samples, file.sampleRate, sampleRate);
            },
          },
        ]),
  ];
  const [decodeSeconds, resampleSeconds] = await runRounds(contestants, timing);
  const rows = [soundRow('decode', null, decoded, null, decodeSeconds!)];
  if (resampleSeconds !== undefined) rows.push(soundRow('resample', null, resampled, null, resampleSeconds));
  return { rows, sounds };
}

/** The first files that take about so many seconds together, by what each took before; at least one where there is one. */
function fitting(files: readonly SampledFile[], cost: (file: SampledFile) => number, seconds: number): SampledFile[] {
  const part: SampledFile[] = [];
  let sum = 0;
  for (const file of files) {
    if (part.length > 0 && sum + cost(file) > seconds) break;
    part.push(file);
    sum += cost(file);
  }
  return part;
}
