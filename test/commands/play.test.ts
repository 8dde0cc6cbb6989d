import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cluster } from '../../src/commands/cluster.js';
import { doctor } from '../../src/commands/doctor.js';
import { play } from '../../src/commands/play.js';
import { show } from '../../src/commands/show.js';
import { decodeFile } from '../../src/decode/index.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';
import { pack, wav } from '../support/wav-bytes.js';

const work = temporaryFolder();
const sounds = join(work, 'sounds');
const library = join(work, 'library');
const heard = join(work, 'heard');
/** A program that keeps what it is given to play: copies, numbered in the order they came. */
const player = `"${process.execPath}" "${join(work, 'my player.mjs')}" --quiet`;

beforeAll(async () => {
  copySamples(sounds, TWELVE);
  await cluster({ sounds: [sounds], library, k: 2, backend: 'wasm', report: false });
  writeFileSync(
    join(work, 'my player.mjs'),
    `import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
     const [option, file] = process.argv.slice(2);
     if (option !== '--quiet' || process.argv.length !== 4) process.exit(9);
     mkdirSync(${JSON.stringify(heard)}, { recursive: true });
     copyFileSync(file, ${JSON.stringify(heard)} + '/' + readdirSync(${JSON.stringify(heard)}).length + '.wav');`,
  );
});

/** Runs with what was heard before forgotten. @returns the files that the player got, in order. */
async function hear(options: Omit<Parameters<typeof play>[0], 'library'>): Promise<string[]> {
  rmSync(heard, { recursive: true, force: true });
  await play({ library, player, ...options });
  return existsSync(heard) ? readdirSync(heard).sort((a, b) => parseInt(a) - parseInt(b)).map((name) => join(heard, name)) : [];
}

async function withoutPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  try {
    return await work();
  } finally {
    process.env['PATH'] = before;
  }
}

describe('play', () => {
  it('hands the player a WAV of each of a cluster’s most typical sounds, in their order', async () => {
    const files = await hear({ what: '0', count: 3 });
    const typical = (await show({ library, cluster: 0 })).files!.slice(0, 3).map(({ root, path }) => join(root, path));
    expect(files).toHaveLength(3);
    for (const [i, file] of files.entries()) {
      const got = await decodeFile(file, { sampleRate: 0 });
      const expected = await decodeFile(typical[i]!, { sampleRate: 44100 });
      expect(got).toMatchObject({ format: 'wav', sourceSampleRate: 44100, channels: 1 });
      expect(got.samples.length).toBe(expected.samples.length);
      const worst = expected.samples.reduce((most, x, j) => Math.max(most, Math.abs(Math.max(-1, Math.min(1, x)) - got.samples[j]!)), 0);
      expect(worst).toBeLessThanOrEqual(1.5 / 32_768) // 16 bits, truncated, and a peak of 32 767;
    }
  });

  it('plays five by default, all of a smaller cluster, and tells before each', async () => {
    const size = (await show({ library })).clusters[1]!.size;
    const told: string[] = [];
    const outcome = await play({ library, player, what: '1', count: 100, onSound: (path, i, total) => told.push(`${i}/${total} ${basename(path)}`) });
    expect(outcome.played).toHaveLength(size);
    expect(told).toEqual(outcome.played.map((path, i) => `${i}/${size} ${basename(path)}`));
    expect(await hear({ what: '0' })).toHaveLength(5);
  });

  it('finds a file by its path in the library, its name, or its path on the disk', async () => {
    const elsewhere = join(work, 'elsewhere.wav');
    writeFileSync(elsewhere, wav(pack([1000, -1000, 500], 's16'), { sampleRate: 44100 }));
    for (const what of ['bd_ada.flac', join(sounds, 'bd_ada.flac'), elsewhere]) expect(await hear({ what })).toHaveLength(1);
    expect((await play({ library: join(work, 'no library'), player, what: elsewhere })).played).toEqual([elsewhere]);
  });

  it('leaves no file behind', async () => {

    const ours = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('soundkin-play-'));
    const before = ours();
    await hear({ what: '0', count: 1 });
    await play({ library, what: '0', player: 'false' }).catch(() => undefined);
    expect(ours()).toEqual(before);
  });

  it('goes on to the next sound when one has gone bad, and lists it', async () => {
    const dir = join(work, 'bad-library');
    const own = join(work, 'own');
    copySamples(own, ['bd_ada', 'bd_boom', 'bd_fat']);
    await cluster({ sounds: [own], library: dir, k: 1, backend: 'wasm', report: false });
    rmSync(join(own, 'bd_boom.flac'));
    const outcome = await play({ library: dir, player, what: '0' });
    expect(outcome.played.map((path) => basename(path)).sort()).toEqual(['bd_ada.flac', 'bd_fat.flac']);
    expect(outcome.problems).toMatchObject([{ path: join(own, 'bd_boom.flac'), code: 'DECODE_READ' }]);
  });

  it('says how a failing player ended, and what it said', async () => {
    const script = join(work, 'failing.mjs');
    writeFileSync(script, "process.stderr.write('first\\nno sound card\\n'); process.exit(7);");
    await expect(play({ library, what: '0', player: `"${process.execPath}" "${script}"` })).rejects.toMatchObject({ code: 'PLAY_FAILED', message: expect.stringMatching(/ended with 7 \(no sound card\)/) });
    await expect(play({ library, what: '0', player: 'no-such-program-here' })).rejects.toMatchObject({ code: 'PLAY_FAILED', message: expect.stringContaining('no-such-program-here') });
  });

  it('says so when there is no player at all', async () => {
    const empty = join(work, 'empty');
    mkdirSync(empty);
    await withoutPath(empty, async () => {
      await expect(play({ library, what: '0' })).rejects.toMatchObject({ code: 'PLAY_NO_PLAYER', message: expect.stringContaining('--player') });
      expect((await doctor()).player).toBeNull();
    });
  });

  it.skipIf(process.platform === 'win32')('takes the first known player on the PATH', async () => {
    const bin = join(work, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'mpv'), `#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "$@" >> "${join(work, 'mpv.log')}"\n`);
    chmodSync(join(bin, 'mpv'), 0o755);
    await withoutPath(bin, async () => expect(await play({ library, what: '0', count: 2 })).toMatchObject({ player: 'mpv' }));
    expect(readFileSync(join(work, 'mpv.log'), 'utf8')).toMatch(/^--no-video --really-quiet \S+0\.wav\n--no-video --really-quiet \S+1\.wav\n$/);
  });

  it('stops the player, and plays no more, when it is told to', async () => {
    const script = join(work, 'endless.mjs');
    writeFileSync(script, 'setInterval(() => {}, 1000);');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const started = performance.now();
    await play({ library, what: '0', player: `"${process.execPath}" "${script}"`, signal: controller.signal });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each([
    [{ what: '7' }, 'CLUSTER_UNKNOWN'],
    [{ what: 'nothing.wav' }, 'CLUSTER_UNKNOWN'],
    [{ what: '0', count: 0 }, 'USAGE'],
    [{ what: '0', count: -2 }, 'USAGE'],
    [{ what: '0', count: NaN }, 'USAGE'],
    [{ what: '0', player: '  ' }, 'USAGE'],
    [{ what: '0', name: 'other' }, 'CLUSTERING_NOT_FOUND'],
  ])('refuses %o', async (wrong, code) => {
    await expect(play({ library, player, ...wrong })).rejects.toMatchObject({ code });
  });

  it('refuses a single file that is no sound', async () => {
    writeFileSync(join(work, 'text.wav'), 'no sound');
    await expect(play({ library, player, what: join(work, 'text.wav') })).rejects.toMatchObject({ code: 'DECODE_NOT_AUDIO' });
  });
});
