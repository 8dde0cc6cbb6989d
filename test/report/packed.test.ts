import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packReport, unpackReport, type PackedReport } from '../../src/report/packed.js';
import type { ReportSound } from '../../src/report/report-data.js';
import { reportOf } from './report-of.js';

const number = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(Number.NaN));
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a/b c/ü#%.wav', '</script>', '', '.', '\ud800'));
const sound: fc.Arbitrary<ReportSound> = fc.record({
  path: text,
  url: fc.oneof(text, fc.constantFrom('file:///x/a/b%20c/%C3%BC%23%25.wav', 'sounds/a/b%20c/%C3%BC%23%25.wav', 'javascript:alert(1)')),
  cluster: fc.nat(9),
  distance: number,
  silhouette: number,
  x: number,
  y: number,
  durationSeconds: number,
  format: fc.constantFrom('wav', 'flac', ''),
  label: fc.option(text),
  preview: fc.option(fc.base64String()),
  peaks: fc.option(fc.base64String()),
});

describe('packReport', () => {
  it('comes back as it was, numbers to five digits, through JSON', () => {
    fc.assert(
      fc.property(fc.array(sound, { maxLength: 20 }), (sounds) => {
        const data = reportOf(sounds);
        const back = unpackReport(JSON.parse(JSON.stringify(packReport(data))) as PackedReport);
        expect(back.inertia).toBeNaN();
        expect(back.clusters).toEqual(data.clusters);
        expect(back.sounds).toHaveLength(sounds.length);
        back.sounds.forEach((got, i) => {
          const given = sounds[i] as ReportSound;
          for (const key of ['path', 'url', 'cluster', 'format', 'label', 'preview', 'peaks'] as const) {
            expect(got[key]).toEqual(given[key]);
          }
          for (const key of ['distance', 'silhouette', 'x', 'y', 'durationSeconds'] as const) {
            if (Number.isNaN(given[key])) expect(got[key]).toBeNaN();
            else expect(Math.abs(got[key] - given[key])).toBeLessThanOrEqual(1e-3 * Math.abs(given[key]));
          }
        });
      }),
    );
  });

  it('writes what all addresses begin with once', () => {
    const sounds = Array.from({ length: 50 }, (_, i) => ({
      ...(fc.sample(sound, 1)[0] as ReportSound),
      path: `kicks & snares/no ${i}.wav`,
      url: `file:///home/someone/library/kicks%20%26%20snares/no%20${i}.wav`,
    }));
    const { roots, url } = packReport(reportOf(sounds)).sounds;
    expect(roots).toEqual(['file:///home/someone/library/']);
    expect(url).toEqual(sounds.map(() => 0));
  });
});
