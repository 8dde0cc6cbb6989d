import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { cluster } from '../../src/commands/cluster.js';
import { evaluate } from '../../src/commands/evaluate.js';
import { extract } from '../../src/commands/extract.js';
import { givenAnalysis } from '../../src/commands/given-analysis.js';
import { encodeWav } from '../../src/decode/index.js';
import { openLibrary, type TrackSummary } from '../../src/library/index.js';

const work = mkdtempSync(join(tmpdir(), 'soundkin-excerpt-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
let runs = 0;
let sounds: string;
let library: string;
beforeEach(() => {
  runs += 1;
  sounds = join(work, `sounds-${runs}`);
  library = join(work, `library-${runs}`);
  mkdirSync(sounds);
});

const rate = 22_050;
/** Noise whose level grows from second to second, so that no two seconds are alike. */
const rising = (seconds: number): Float32Array => {
  let state = 7;
  return Float32Array.from({ length: seconds * rate }, (_, i) => (((state = Math.imul(state, 1664525) + 1013904223) / 2 ** 31) * (1 + Math.floor(i / rate))) / 16);
};

async function contents(): Promise<{ tracks: TrackSummary[]; of: (path: string) => number[] }> {
  const opened = await openLibrary(library);
  const { tracks, points, width } = await opened.readPoints('kin');
  await opened.close();
  return {
    tracks,
    of: (path) => {
      const i = tracks.findIndex((track) => track.path === path);
      return [...points.subarray(i * width, (i + 1) * width)];
    },
  };
}

describe('an excerpt', () => {
  it.each(['wasm', 'cpu'] as const)('measures just those seconds on %s, says which, and stays with the library', async (backend) => {
    const whole = rising(10);
    writeFileSync(join(sounds, 'whole.wav'), encodeWav(whole, rate));
    writeFileSync(join(sounds, 'middle.wav'), encodeWav(whole.slice(4 * rate, 6 * rate), rate));
    await extract({ sounds: [sounds], library, backend, analysis: givenAnalysis({ excerpt: '2s@middle' }) });
    const { tracks, of } = await contents();
    expect(of('whole.wav')).toEqual(of('middle.wav'));
    expect(tracks.map(({ path, excerpt, durationSeconds }) => [path, excerpt, durationSeconds])).toEqual([['middle.wav', '2s@0s', 2], ['whole.wav', '2s@4s', 10]]);

    writeFileSync(join(sounds, 'late.wav'), encodeWav(rising(6), rate));
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ measured: 1, unchanged: 2 });
    expect((await contents()).tracks.find(({ path }) => path === 'late.wav')?.excerpt).toBe('2s@2s');
    await expect(extract({ sounds: [sounds], library, backend, analysis: givenAnalysis({ excerpt: 'all' }) })).rejects.toMatchObject({ code: 'LIBRARY_MIXED' });
    await expect(extract({ sounds: [sounds], library, backend, analysis: givenAnalysis({ excerpt: '2s@start' }) })).rejects.toMatchObject({ code: 'LIBRARY_MIXED' });
  });

  it('is refused where it says nothing', () => {
    for (const excerpt of ['', 'x@middle', '0s', '5@@', '-3s@start']) expect(() => givenAnalysis({ excerpt })).toThrow(expect.objectContaining({ code: 'CONFIG_RANGE' }));
  });
});

describe.skipIf(spawnSync('ffmpeg', ['-version']).status !== 0)('tags (skipped where ffmpeg is missing)', () => {
  it('are kept with the row, and nothing is where nothing is said', async () => {
    writeFileSync(join(sounds, 'plain.wav'), encodeWav(rising(1), rate));
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', '-metadata', 'title=Träumerei', '-metadata', 'artist=Clara', '-metadata', 'genre=Classical', join(sounds, 'tagged.mp3')]);
    await extract({ sounds: [sounds], library, backend: 'wasm' });
    const { tracks } = await contents();
    expect(tracks).toMatchObject([
      { path: 'plain.wav', title: null, artist: null, album: null, genre: null },
      { path: 'tagged.mp3', title: 'Träumerei', artist: 'Clara', album: null, genre: 'Classical' },
    ]);
  });

  it('serve as labels, when sounds are clustered and afterwards', async () => {
    for (const [name, genre, frequency] of [['a', 'Low', 200], ['b', 'Low', 210], ['c', 'High', 4000], ['d', 'High', 4100]] as const) {
      execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=f=${frequency}:duration=1`, '-metadata', `genre=${genre}`, '-metadata', 'artist=Ann', join(sounds, `${name}.flac`)]);
    }
    const outcome = await cluster({ sounds: [sounds], library, backend: 'wasm', k: 2, labels: 'genre', report: false });
    expect(outcome.scores).toMatchObject({ vMeasure: 1 });
    expect(await evaluate({ library, labels: 'genre' })).toMatchObject({ labelled: 4, classes: 2, scores: { vMeasure: 1 } });
    expect(await evaluate({ library, labels: 'artist' })).toMatchObject({ labelled: 4, classes: 1 });
    await expect(evaluate({ library, labels: 'album' })).rejects.toMatchObject({ code: 'LABELS_NO_MATCH', message: expect.stringContaining('no file has such a tag') as string });
  });
});
