import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPreview, PREVIEW_RATE, type ReportData, type ReportSound } from '../../src/report/index.js';
import { realPreviewSound, realSoundPath } from './real-sounds.js';
import { reportOf } from './report-of.js';

/** A name that does harm wherever it is taken for markup. */
export const EVIL = `<script>window.hacked=1</script><img src=x onerror="window.hacked=1">"'.flac`;
export const NAMES = ['drum_snare_hard', 'drum_tom_lo_hard', 'bass_hit_c', 'tabla_ghe1', 'loop_amen', 'perc_bell'];

/** Seventy sounds in three clusters: real ones with previews, a real one without, some that cannot be played. */
export async function realReport(folder: string): Promise<ReportData> {
  const sounds: ReportSound[] = [];
  for (const name of NAMES) {
    const samples = await realPreviewSound(`${name}.flac`);
    const { sound, peaks } = await createPreview(samples);
    sounds.push({
      ...plainSound(folder, sounds.length, `real/${name}.flac`),
      url: pathToFileURL(realSoundPath(`${name}.flac`)).href,
      durationSeconds: samples.length / PREVIEW_RATE,
      preview: name === 'perc_bell' ? null : Buffer.from(sound).toString('base64'),
      peaks: Buffer.from(peaks).toString('base64'),
      label: name.split('_')[0] ?? null,
    });
  }
  while (sounds.length < 70) sounds.push(plainSound(folder, sounds.length, `more/no ${sounds.length}.wav`));
  sounds[6] = { ...plainSound(folder, 6, EVIL), label: EVIL, url: 'javascript:window.hacked=1' };
  sounds[7] = { ...plainSound(folder, 7, 'apple/quiet.aiff'), format: 'aiff' };
  return {
    ...reportOf(sounds),
    title: `Real sounds ${EVIL}`,
    k: 3,
    scores: { silhouette: 0.21, vMeasure: 0.5, adjustedRand: -0.02 },
    warnings: [`One cluster is small. ${EVIL}`],
    clusters: [0, 1, 2].map((id) => {
      const members = sounds.filter(({ cluster }) => cluster === id);
      return { id, size: members.length, silhouette: 0.2 - id * 0.15, topLabels: [{ label: EVIL, count: 1 }] };
    }),
    failed: [{ path: EVIL, code: 'DECODE_EMPTY', message: EVIL }],
    sweep: {
      rows: [2, 3, 4, 5].map((k) => ({ k, inertia: 1000 / k, silhouette: 0.1 * k })),
      suggestedK: 4,
      reason: `The elbow bends there. ${EVIL}`,
    },
    totals: { sounds: 70, failed: 1, audioSeconds: 100 },
  };
}

/** A sound whose file is not there. */
export function plainSound(folder: string, i: number, name: string): ReportSound {
  return {
    path: name,
    url: pathToFileURL(path.join(folder, 'library', name)).href,
    cluster: i < 6 ? 0 : i < 12 ? 1 : 2,
    distance: ((i * 37) % 70) / 10,
    silhouette: 0.3 - (i % 7) * 0.1,
    x: Math.cos(i) * (1 + (i % 5)),
    y: Math.sin(i) * (1 + (i % 5)),
    durationSeconds: 1 + (i % 9),
    format: name.split('.').at(-1) ?? '',
    label: null,
    preview: null,
    peaks: null,
  };
}
