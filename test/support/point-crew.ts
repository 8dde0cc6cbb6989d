import { readFileSync } from 'node:fs';
import { createCrew, type Crew } from '../../src/device/crew.js';
import { webAssembly } from '../../src/web-assembly.js';

/** Threads with the kernels for points, as a device has them. */
export function pointCrew(workers: number): Crew {
  return createCrew(new webAssembly.Module(readFileSync(new URL('../../dist/kmeans/kernels/wasm/points.wasm', import.meta.url))), workers);
}
