// Run as a process of its own and killed: appends batch after batch, compacts now and then, and prints each batch's
// number once the library has acknowledged it.
import { writeSync } from 'node:fs';

import { openLibrary, type TrackRow } from '../../src/library/index.js';

const [dir, first] = process.argv.slice(2) as [string, string];

function row(path: string, size: number, value: number): TrackRow {
  return {
    root: '/r', path, size, mtimeMs: 0, contentId: null, durationSeconds: 1, sampleRate: 44100, channels: 1, format: 'wav',
    decoder: null, excerpt: null, title: null, artist: null, album: null, genre: null, backend: null, features: { seed: new Float32Array(3).fill(value), kin: new Float32Array(5).fill(value) },
    code: null, message: null, removed: false,
  };
}

const library = await openLibrary(dir);
for (let batch = Number(first); ; batch++) {
  const rows = Array.from({ length: 10 }, (_, i) => row(`${batch}/${i}`, i, batch + i / 16));
  await library.appendRows([row('latest', batch, 0), ...rows]);
  writeSync(1, `${batch}\n`);
  await library.compact();
}
