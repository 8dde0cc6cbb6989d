import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../support/source-files.js';

/** Modules that load with a file: what it imports as values, from the start. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  if (!file.startsWith('src/')) return found;
  for (const [, type, specifier] of readFileSync(`${REPOSITORY}${file}`, 'utf8').matchAll(/^(?:import|export) (type )?(?:[^'";()]*? from )?'([^']+)';$/gm)) {
    if (type === undefined) loadedWith(specifier!.startsWith('.') ? posix.join(posix.dirname(file), specifier!).replace(/\.js$/, '.ts') : specifier!, found);
  }
  return found;
}

describe('a command that kernels do the work for', () => {
  it.each(['cluster', 'extract', 'sweep', 'report', 'show', 'evaluate'])('%s loads neither TensorFlow.js nor DuckDB before it needs them', (command) => {
    const loaded = [...loadedWith(`src/commands/${command}.ts`)];
    expect(loaded.filter((name) => /tfjs|duckdb\/|web-gpu/.test(name))).toEqual([]);
    expect(loaded.length).toBeGreaterThan(10); // the search itself finds imports
  });

  it('is told from one that works on tensors', () => {
    expect([...loadedWith('src/device/wasm.ts')]).toContain('@tensorflow/tfjs-core');
  });
});
