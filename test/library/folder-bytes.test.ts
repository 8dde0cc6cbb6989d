import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderBytes } from '../../src/library/index.js';
import { temporaryFolder } from './sample-rows.js';

it('counts the bytes of all files, at any depth, less those that go with a run; nothing is in a folder that is not there', async () => {
  const folder = join(temporaryFolder(), 'library');
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'x'), Buffer.alloc(10));
  writeFileSync(join(folder, 'a', 'b', 'y'), Buffer.alloc(2000));
  writeFileSync(join(folder, 'run-whole.lock'), Buffer.alloc(7));
  writeFileSync(join(folder, 'a', '.writing'), Buffer.alloc(7));
  expect(await folderBytes(folder)).toBe(2010);
  expect(await folderBytes(join(folder, 'none'))).toBe(0);
});
