import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, relativeSpread, runRounds, spreadOf } from '../../src/bench/index.js';

describe('runRounds', () => {
  it('lets contestants take turns, and counts no round of the warming up', async () => {
    const order: string[] = [];
    const contestant = (name: string, seconds: number): { run: () => Promise<number> } => ({ run: async () => (order.push(name), seconds) });
    expect(await runRounds([contestant('a', 1), contestant('b', 2)], { rounds: 3 })).toEqual([[1, 1, 1], [2, 2, 2]]);
    expect(order.join('')).toBe('abababab');
    order.length = 0;
    await runRounds([contestant('a', 1), contestant('b', 2)], { rounds: 1, warmUps: 0 });
    expect(order.join('')).toBe('ab');
  });

  it('times the whole call where a contestant does not tell', async () => {
    const [[seconds]] = (await runRounds([{ run: () => new Promise<void>((done) => setTimeout(done, 30)) }], { rounds: 1, warmUps: 0 })) as [[number]];
    expect(seconds).toBeGreaterThan(0.025);
  });

  it('leaves a slow contestant alone after two rounds, and goes on with the others', async () => {
    const found = await runRounds([{ run: async () => 9 }, { run: async () => 0.1 }], { rounds: 5, patienceSeconds: 10 });
    expect(found.map((rounds) => rounds.length)).toEqual([2, 5]);
  });

  it('ends with INTERRUPTED at the next turn', async () => {
    const stop = new AbortController();
    let runs = 0;
    const contestant = { run: async () => void (++runs === 2 && stop.abort()) };
    await expect(runRounds([contestant], { rounds: 9, signal: stop.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(runs).toBe(2);
  });
});

describe('the spread', () => {
  it('is what it is called', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, rounds: 3 });
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9, 100])).toBe(10); // by value, not by digits
    expect(relativeSpread(spreadOf([90, 100, 120]))).toBeCloseTo(0.15, 12);
  });

  it('has half the values on either side of the median', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 }), (values) => {
        const middle = median(values);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});
