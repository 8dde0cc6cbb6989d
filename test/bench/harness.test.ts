import { describe, expect, it } from 'vitest';
import { judgeFeatures, worstShare } from '../../bench/harness/agreement.js';
import { chartSvg } from '../../bench/harness/chart-svg.js';
import { extrapolated } from '../../bench/harness/process-contest.js';
import { ratio, type Entry, type Result } from '../../bench/harness/result.js';
import { figure, resultPage, resultTable } from '../../bench/harness/result-table.js';
import { machineFacts, spreadOf } from '../../src/bench/index.js';

const entry = (name: string, group: Entry['group'], threads: number, seconds: number | null, ok = true): Entry => ({
  name, group, threads, version: '1', share: 1, seconds: seconds === null ? null : spreadOf([seconds]), check: { ok, text: ok ? 'right' : 'wrong <values>' },
});
const result = (entries: readonly Entry[]): Result => ({
  workload: 'features', title: 'Some work', amount: { value: 60, unit: 'audio seconds', frames: 100 }, machine: machineFacts(), quick: false, command: 'x', entries, notes: [],
});

describe('ratios', () => {
  const ours = [entry('Soundkin', 'soundkin', 1, 2), entry('Soundkin on all', 'soundkin', 4, 0.5)];

  it('are to ours with as many threads, else to our first', () => {
    const peers = [entry('one', 'peer', 1, 20), entry('four', 'peer', 4, 20), entry('three', 'peer', 3, 20)];
    expect(peers.map((peer) => ratio(result([...ours, ...peers]), peer))).toEqual([10, 40, 10]);
  });

  it('are none where either is wrong or has no figure', () => {
    const peer = entry('one', 'peer', 1, 20);
    for (const wrong of [[entry('Soundkin', 'soundkin', 1, 2, false), peer], [entry('Soundkin', 'soundkin', 1, null), peer], [peer]]) expect(ratio(result(wrong), peer)).toBeUndefined();
    for (const wrong of [entry('one', 'peer', 1, 20, false), entry('one', 'peer', 1, null)]) expect(ratio(result([...ours, wrong]), wrong)).toBeUndefined();
  });

  it('stand in the table where they are right, and a wrong result has the reason and no number', () => {
    const text = resultTable(result([...ours, entry('slow', 'peer', 1, 20), entry('bad', 'peer', 1, null, false)])).join('\n');
    expect(text).toMatch(/\| slow 1 \| 1 \| 20 s \(20 to 20\) \| 3 \| 200000 \| 10 \| right \|/);
    expect(text).toMatch(/\| bad 1 \| 1 \| – \| – \| – \| – \| no figure: wrong <values> \|/);
    expect(resultPage([result(ours)])).toContain('bench.svg');
  });

  it('are drawn as bars, the wrong ones and those without a figure not', () => {
    const svg = chartSvg([result([...ours, entry('a < b', 'peer', 1, 20), entry('bad', 'peer', 1, 3, false), entry('none', 'peer', 1, null)])]);
    expect(svg.match(/<rect/g)).toHaveLength(3);
    expect(svg).toContain('a &#60; b');
    expect(svg).not.toContain('bad');
    const widths = [...svg.matchAll(/width="([\d.]+)" height="16"/g)].map(([, width]) => Number(width));
    expect(widths[0]! / widths[1]!).toBeCloseTo(4, 1);
    expect(widths[0]! / widths[2]!).toBeCloseTo(40, 0);
  });
});

describe('the check of features', () => {
  const reference = { rms: [[0.5], [0.1]], mel: [[1, 2, 300], [4, 5, 6]], chroma: [[0.1, 0.9], [0.5, 0.5]] };

  it('takes what is near, as far as there are sounds', () => {
    expect(judgeFeatures(reference, reference)).toMatchObject({ ok: true });
    expect(judgeFeatures({ rms: [[0.504]], mel: [[1, 2, 301]] }, reference)).toMatchObject({ ok: true, text: expect.stringContaining('2 of 3') });
  });

  it('refuses what is not: a value, a shape, what is no number, more sounds', () => {
    const near = { ...reference, mel: [[1, 2, 300], [4, 5, 6.2]] };
    for (const wrong of [near, { mel: [[1, 2]] }, { rms: [[NaN]] }, { rms: [[0.5], [0.1], [0.1]] }, { rms: [] }]) expect(judgeFeatures(wrong, reference).ok, JSON.stringify(wrong)).toBe(false);
    expect(judgeFeatures(near, reference).text).toContain('mel by 3e-2');
  });

  it('names features of another definition, and does not judge them; but something must be judged', () => {
    expect(judgeFeatures({ rms: [[0.5], [0.1]], chroma: [[9, 9], [9, 9]] }, reference, ['chroma'])).toMatchObject({ ok: true, text: expect.stringContaining('own definition: chroma') });
    expect(judgeFeatures({ chroma: [[9, 9], [9, 9]] }, reference, ['chroma']).ok).toBe(false);
  });

  it('sees a difference in a quiet sound beside a loud one', () => {
    expect(worstShare([[300], [0.011]], [[300], [0.01]])).toBeCloseTo(0.1, 9);
  });
});

describe('figures', () => {
  it('have three digits', () => {
    expect([0.012345, 1.2345, 12.345, 123.45, 12345].map(figure)).toEqual(['0.0123', '1.23', '12.3', '123', '12345']);
  });

  it('of a part count start-up once', () => {
    expect(extrapolated(3, '{"peer": "x"}\n{"seconds": 2, "result": {}}', 0.1)).toBeCloseTo(21, 12);
    expect(() => extrapolated(3, '{}', 0.1)).toThrow(/how long/);
    expect(() => extrapolated(3, '{"seconds": 5}', 0.1)).toThrow(/how long/);
  });
});
