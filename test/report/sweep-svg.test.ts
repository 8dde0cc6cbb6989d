import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderSweepSvg } from '../../src/report/sweep-svg.js';

const rows = [2, 3, 4, 5, 6].map((k) => ({ k, inertia: 100 / k, silhouette: 0.5 - 0.1 * Math.abs(k - 4) }));
const svg = renderSweepSvg({ title: '12 sounds', rows, suggestedK: 4 });

const numbers = (text: string, pattern: RegExp): number[][] => [...text.matchAll(pattern)].map(([, ...groups]) => groups.map(Number));
const curves = (text: string): number[][][] => [...text.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) => points!.split(' ').map((pair) => pair.split(',').map(Number)));

describe('renderSweepSvg', () => {
  it('draws both curves as the values run: x evenly by k, y upside down and in proportion', () => {
    const [inertia, silhouette] = curves(svg);
    for (const [curve, values] of [[inertia!, rows.map((row) => row.inertia)], [silhouette!, rows.map((row) => row.silhouette)]] as const) {
      expect(curve).toHaveLength(5);
      const xs = curve.map(([x]) => x!);
      for (let i = 1; i < 5; i++) expect(xs[i]! - xs[i - 1]!).toBeCloseTo((xs[4]! - xs[0]!) / 4, 1);
      const scale = (curve[1]![1]! - curve[0]![1]!) / (values[1]! - values[0]!);
      expect(scale).toBeLessThan(0);
      for (let i = 2; i < 5; i++) expect(curve[i]![1]! - curve[0]![1]!).toBeCloseTo(scale * (values[i]! - values[0]!), 1);
    }
  });

  it('has axes whose ticks stand where their values do', () => {
    const [inertia] = curves(svg);
    const ticks = numbers(svg, /<text x="64" y="([\d.]+)" [^>]*>([\d.-]+)<\/text>/g).filter(([y]) => y! < 300);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    const perUnit = (inertia![4]![1]! - inertia![0]![1]!) / (rows[4]!.inertia - rows[0]!.inertia);
    for (const [y, value] of ticks) expect(y! - 4).toBeCloseTo(inertia![0]![1]! + perUnit * (value! - rows[0]!.inertia), 0);
    for (const k of [2, 3, 4, 5, 6]) expect(svg.match(new RegExp(`>${k}</text>`, 'g'))!.length).toBeGreaterThanOrEqual(2);
    expect(svg).toContain('clusters (k)');
  });

  it('marks the suggested k in both', () => {
    const [inertia] = curves(svg);
    const marks = numbers(svg, /<line x1="([\d.]+)" [^>]*stroke-dasharray/g).flat();
    expect(marks).toEqual([inertia![2]![0], inertia![2]![0]]);
    expect(svg).toContain('k = 4 suggested: 25');
    expect(svg).toContain('k = 4 suggested: 0.5');
  });

  it('leaves a gap where a value is not finite, and does without any', () => {
    const gap = renderSweepSvg({ title: 'x', rows: rows.map((row) => (row.k === 4 ? { ...row, silhouette: NaN } : row)), suggestedK: 3 });
    expect(curves(gap).map((curve) => curve.length)).toEqual([5, 2, 2]);
    const none = renderSweepSvg({ title: 'x', rows: rows.map((row) => ({ ...row, silhouette: NaN })), suggestedK: 3 });
    expect(none).toContain('No values.');
    expect(gap + none).not.toMatch(/NaN|Infinity/);
  });

  it('draws one k alone, equal values and a hundred ks', () => {
    for (const some of [rows.slice(0, 1), rows.map((row) => ({ ...row, inertia: 7, silhouette: 0 })), Array.from({ length: 100 }, (_, i) => ({ k: i + 2, inertia: 1 / (i + 1), silhouette: -i / 100 }))]) {
      const drawn = renderSweepSvg({ title: 'x', rows: some, suggestedK: 2 });
      expect(drawn).not.toMatch(/NaN|Infinity/);
      for (const [x, y] of curves(drawn).flat()) expect(x! >= 0 && x! <= 720 && y! >= 0 && y! <= 600).toBe(true);
    }
  });

  it('is well-formed, whatever the title', ({ skip }) => {
    const drawn = renderSweepSvg({ title: '<script> & "sounds"', rows, suggestedK: 4 });
    expect(drawn).not.toContain('<script>');
    let python = true;
    try {
      execFileSync('python3', ['-c', 'pass']);
    } catch {
      python = false;
    }
    skip(!python, 'python3 is not installed');
    execFileSync('python3', ['-c', 'import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())'], { input: drawn });
  });
});
