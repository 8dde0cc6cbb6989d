import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../src/threads/index.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('admission', () => {
  it('lets in what fits, in order, and a giant alone', async () => {
    const admission = createAdmission(10);
    const inside: string[] = [];
    const enter = (name: string, bytes: number): void => void admission.enter(bytes).then(() => inside.push(name));
    enter('a', 6);
    enter('b', 5); // does not fit beside a
    enter('c', 1); // would, but b came first
    await settled();
    expect(inside).toEqual(['a']);
    admission.leave(6);
    await settled();
    expect(inside).toEqual(['a', 'b', 'c']);
    enter('giant', 99);
    await settled();
    expect(inside).toHaveLength(3);
    admission.leave(5);
    admission.leave(1);
    await settled();
    expect(inside.at(-1)).toBe('giant');
    expect(admission.held).toBe(99);
  });

  it('never holds more than the budget but for a giant alone, nor more entrants than allowed, and lets all in at last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), async (sizes, budget, most) => {
        const admission = createAdmission(budget, most);
        let inside = 0;
        let done = 0;
        await Promise.all(
          sizes.map(async (bytes) => {
            await admission.enter(bytes);
            inside += 1;
            expect(inside).toBeLessThanOrEqual(most);
            expect(inside === 1 || admission.held <= budget).toBe(true);
            await settled();
            inside -= 1;
            done += 1;
            admission.leave(bytes);
          }),
        );
        expect(done).toBe(sizes.length);
        expect(admission.held).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
