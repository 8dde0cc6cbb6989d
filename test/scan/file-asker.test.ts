import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileAsker } from '../../src/scan/file-asker.js';
import { inParallel } from '../../src/scan/in-parallel.js';
import { temporaryFolder } from '../support/real-samples.js';

const folder = temporaryFolder();

it('are the size and time of each file, in their order; undefined where it is gone, an error where it may not be asked', async () => {
  const paths = Array.from({ length: 700 }, (_, i) => join(folder, `${i}.wav`));
  paths.forEach((path, i) => i % 7 !== 3 && writeFileSync(path, 'x'.repeat(i % 13)));
  symlinkSync('loop.wav', join(folder, 'loop.wav'));
  paths[200] = join(folder, 'loop.wav');
  paths[201] = join(folder, '0.wav', 'below-a-file.wav');
  const facts = await new FileAsker(Infinity).ask(paths); // one by one
  expect(facts).toHaveLength(700);
  const told = facts.map((known) => (known === undefined ? 'gone' : known instanceof Error ? (known as NodeJS.ErrnoException).code : `${known.size} ${known.mtimeMs}`));
  expect(told).toEqual(paths.map((path, i) => (i === 200 ? 'ELOOP' : i === 201 || i % 7 === 3 ? 'gone' : `${i % 13} ${statSync(path).mtimeMs}`)));
  const pick = (one: (typeof facts)[number]): unknown => (one instanceof Error ? (one as NodeJS.ErrnoException).code : one && [one.size, one.mtimeMs]);
  const hasty = new FileAsker(0); // many at once, but for a group now and then
  for (let folder = 0; folder < 40; folder++) expect((await hasty.ask(paths.slice(folder * 17))).map(pick)).toEqual(facts.slice(folder * 17).map(pick));
  expect(await hasty.ask([])).toEqual([]);
  expect(await new FileAsker().ask([join(folder, 'loop.wav'), paths[3]!])).toMatchObject([{ code: 'ELOOP' }, undefined]);
});

it.skipIf(process.getuid === undefined)('of a folder that may not be entered are errors (skipped where rights are no numbers)', async () => {
  const shut = join(folder, 'shut');
  mkdirSync(shut);
  writeFileSync(join(shut, 'a.wav'), '');
  chmodSync(folder, 0o755);
  chmodSync(shut, 0);
  const isRoot = process.getuid!() === 0;
  try {
    if (isRoot) process.seteuid!(65_534);
    for (const slowMs of [0, Infinity]) expect(await new FileAsker(slowMs).ask([join(folder, '0.wav'), join(shut, 'a.wav')])).toMatchObject([{ size: 0 }, { code: 'EACCES' }]);
  } finally {
    if (isRoot) process.seteuid!(0);
    chmodSync(shut, 0o700);
  }
});

it('inParallel keeps the order, and no more under way than told', async () => {
  let underWay = 0;
  let most = 0;
  const results = await inParallel([5, 1, 4, 1, 3, 2], 3, async (ms) => {
    most = Math.max(most, ++underWay);
    await new Promise((done) => setTimeout(done, ms));
    underWay -= 1;
    return ms * 2;
  });
  expect([results, most]).toEqual([[10, 2, 8, 2, 6, 4], 3]);
  await expect(inParallel([1, 2], 2, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
