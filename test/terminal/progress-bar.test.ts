import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProgressDisplay } from '../../src/terminal/progress-bar.js';

/** A stream that keeps what is written, as a pipe or as a terminal of some width. */
function createStream(columns?: number): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  (stream as unknown as PassThrough).on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns, cursorTo: () => true, clearLine: () => true, moveCursor: () => true });
  return { stream, written: () => chunks.join('') };
}

describe('progress in a pipe', () => {
  it('is a line now and then, with rate and time left', async () => {
    const { stream, written } = createStream();
    const display = await createProgressDisplay(false, { stream, lineMs: 0 });
    display.onProgress({ stage: 'features', done: 0, total: 10 });
    await wait(50);
    display.onProgress({ stage: 'features', done: 5, total: 10, audioSeconds: 20 });
    display.stop();
    const [first, second] = written().split('\n');
    expect(first).toMatch(/^measuring: 0 of 10, \S+\/s$/);
    expect(second).toMatch(/^measuring: 5 of 10, \d+\/s \(\d+x\), 0\.\d s left$/);
    expect(written()).not.toContain('\u001B');
  });

  it('keeps silent between the lines, and where no total is known', async () => {
    const { stream, written } = createStream();
    const display = await createProgressDisplay(false, { stream, lineMs: 60_000 });
    for (let done = 0; done < 100; done++) display.onProgress({ stage: 'features', done, total: 100 });
    const eager = await createProgressDisplay(false, { stream, lineMs: 0 });
    eager.onProgress({ stage: 'scan', done: 5 });
    expect(written()).toBe('');
    expect([display.stage, eager.stage]).toEqual(['features', 'scan']);
  });
});

describe('progress on a terminal', () => {
  it.each([40, 50, 80])('is one bar that fits %d columns, cleared at the end', async (columns) => {
    const { stream, written } = createStream(columns);
    const display = await createProgressDisplay(false, { stream, lineMs: 0 });
    display.onProgress({ stage: 'features', done: 0, total: 1234 });
    expect(written()).toBe(''); // a stage that is over in a blink gets no bar
    await wait(350);
    display.onProgress({ stage: 'features', done: 123, total: 1234, audioSeconds: 500 });
    await wait(150);
    display.onProgress({ stage: 'features', done: 400, total: 1234, audioSeconds: 900 });
    await wait(150);
    display.stop();
    const drawn = stripVTControlCharacters(written());
    expect(drawn).toMatch(/measuring {2}.*400\/1234/s);
    if (columns === 80) expect(drawn).toMatch(/\d\/s \(\d+x\) {2}.* left/);
    for (const bar of drawn.split('measuring').slice(1)) expect('measuring'.length + bar.trimEnd().length).toBeLessThanOrEqual(columns);
  });
});

describe('no progress', () => {
  it('is shown when silent, but the stage is known', async () => {
    const { stream, written } = createStream(80);
    const display = await createProgressDisplay(true, { stream, lineMs: 0 });
    display.onProgress({ stage: 'kmeans', done: 1, total: 2 });
    display.stop();
    expect(written()).toBe('');
    expect(display.stage).toBe('kmeans');
  });
});
