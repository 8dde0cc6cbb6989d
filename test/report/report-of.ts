import type { ReportData, ReportSound } from '../../src/report/report-data.js';

/** The least report that holds these sounds, with numbers that are not defined where there may be such. */
export function reportOf(sounds: ReportSound[]): ReportData {
  return {
    title: 't',
    createdAt: '2030-01-01T00:00:00Z',
    soundkinVersion: '0.0.0',
    recipe: 'r',
    k: 1,
    seed: 0,
    inertia: Number.NaN,
    scores: {},
    warnings: [],
    clusters: [{ id: 0, size: sounds.length, silhouette: Number.NaN, topLabels: [] }],
    sounds,
    failed: [],
    sweep: null,
    totals: { sounds: sounds.length, failed: 0, audioSeconds: 0 },
  };
}
