import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** The folder of 207 CC0 sounds that the npm package supersonic-scsynth-samples brings. */
const REAL_SAMPLES = join(dirname(createRequire(import.meta.url).resolve('supersonic-scsynth-samples/package.json')), 'samples');

/** Copies of real sounds, as BD_ADA under its own name unless told another, in a new folder. */
export function copySamples(folder: string, names: Readonly<Record<string, string>> | readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const pairs = Array.isArray(names) ? names.map((name: string) => [`${name}.flac`, name]) : Object.entries(names);
  for (const [file, name] of pairs as [string, string][]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(REAL_SAMPLES, `${name}.flac`), join(folder, file));
  }
}

/** A folder for one test file, removed at its end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Twelve short sounds of three families: bass drums, tablas, electric blips. */
export const TWELVE = ['bd_ada', 'bd_boom', 'bd_fat', 'bd_gas', 'tabla_dhec', 'tabla_ghe1', 'tabla_ke1', 'tabla_na', 'elec_blip', 'elec_bong', 'elec_chime', 'elec_ping'];
