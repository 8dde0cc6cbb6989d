/** Where generated sounds and points are kept between runs: SOUNDKIN_BENCH_DATA, or a cache folder within node_modules. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT } from '../harness/adapter-process.js';

export const DATA = process.env['SOUNDKIN_BENCH_DATA'] ?? join(ROOT, 'node_modules', '.cache', 'soundkin-bench');

/** Makes a folder's content once: half of one, left by a run that was stopped, is never used. */
export async function keptFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(DATA, name);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.making-${process.pid}`;
  process.stderr.write(`making ${name}\n`);
  mkdirSync(unfinished, { recursive: true });
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** The real sounds that all others are made of, by name: the npm package supersonic-scsynth-samples, CC0. */
export function realSounds(prefix = ''): string[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve('supersonic-scsynth-samples/package.json')), 'samples');
  return readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.flac')).sort().map((name) => join(folder, name));
}

/** The files of a folder, sorted. */
export function filesOf(folder: string, pattern = /\.(wav|mp3|ogg|flac)$/): string[] {
  return readdirSync(folder).filter((name) => pattern.test(name)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(folder, name));
}
