/** Points to cluster, as a file of float32 that both sides read: overlapping clouds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixedPoints } from '../../src/bench/index.js';
import { keptFolder } from './data-folder.js';

/** @returns the file. */
export async function pointsFile(n: number, d: number): Promise<string> {
  const folder = await keptFolder(`points-${n}x${d}`, async (unfinished) => {
    const points = fixedPoints(n, d, 64, 7);
    writeFileSync(join(unfinished, 'points.f32'), Buffer.from(points.buffer, points.byteOffset, points.byteLength));
  });
  return join(folder, 'points.f32');
}
