import { beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-page.mjs';
import { renderReport } from '../../src/report/html.js';
import { unpackReport, type PackedReport } from '../../src/report/packed.js';
import type { ReportSound } from '../../src/report/report-data.js';
import { reportOf } from './report-of.js';

function soundAt(i: number): ReportSound {
  return {
    path: `pack ${i % 60}/a take of some sound with a longish name ${i}.wav`,
    url: `file:///home/someone/library/pack%20${i % 60}/a%20take%20of%20some%20sound%20with%20a%20longish%20name%20${i}.wav`,
    cluster: 0,
    distance: Math.sin(i) ** 2,
    silhouette: Math.cos(i),
    x: Math.sin(i * 1.7) * 12.3456789,
    y: Math.cos(i * 2.3) * 12.3456789,
    durationSeconds: 1 + Math.abs(Math.sin(i * 3)) * 9,
    format: 'wav',
    label: `label ${i % 20}`,
    preview: null,
    peaks: Buffer.from(Uint8Array.from({ length: 80 }, (_, bar) => (i * bar) % 256)).toString('base64'),
  };
}

function embedded(html: string): PackedReport {
  const json = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  return JSON.parse(json) as PackedReport;
}

beforeAll(() => buildPage());

describe('renderReport', () => {
  it('is one file that names no other host', async () => {
    const html = await renderReport(reportOf([soundAt(1)]));
    const addresses = (html.match(/https?:\/\/[^\s"'`)<]+/g) ?? []).filter((address) => !address.startsWith('http://www.w3.org/'));
    expect(addresses).toEqual([]);
    expect(html).not.toMatch(/<(link[^>]+stylesheet|img|iframe|script[^>]+src)/i);
    expect(html).not.toContain('@import');
  });

  it('keeps data from ending its script, and the title from being markup', async () => {
    const evil = '</script><script>alert(1)</script><!--';
    const data = { ...reportOf([{ ...soundAt(1), path: evil, label: evil }]), title: '<img src=x onerror="alert(1)">' };
    const html = await renderReport(data);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<!--');
    expect(unpackReport(embedded(html)).sounds[0]).toMatchObject({ path: evil, label: evil });
  });

  it('holds 10 000 sounds in less than 6 MB', async () => {
    const html = await renderReport(reportOf(Array.from({ length: 10_000 }, (_, i) => soundAt(i))));
    expect(html.length).toBeLessThan(6e6);
    expect(embedded(html).sounds.path).toHaveLength(10_000);
  });
});
