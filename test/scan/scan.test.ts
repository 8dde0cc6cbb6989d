import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/progress.js';
import { scan, type ScanResult } from '../../src/scan/scan.js';
import { pack, wav } from '../support/wav-bytes.js';

const SOUND = wav(pack([1, 2, 3], 's16'));
const MP3 = new Uint8Array(readFileSync(new URL('../decode/fixtures/mono.mp3', import.meta.url)));
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soundkin-scan-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, bytes: Uint8Array | string = SOUND): string {
  const absolute = join(folder, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, bytes);
  return absolute;
}
const paths = (result: ScanResult): string[] => result.tracks.map(({ path }) => path);

describe('what is found', () => {
  it('sounds in nested folders, in the order of code units, with their facts', async () => {
    for (const path of ['b.wav', 'a/z.flac', 'a/B.mp3', 'Z.wav', 'a.wav', 'a/b/c/d.aif', 'é.wav', 'a-b.wav']) put(path);
    utimesSync(join(folder, 'b.wav'), 1_600_000_000, 1_600_000_000.5);
    const result = await scan([folder]);
    expect(paths(result)).toEqual(['Z.wav', 'a-b.wav', 'a.wav', 'a/B.mp3', 'a/b/c/d.aif', 'a/z.flac', 'b.wav', 'é.wav']);
    expect(result.tracks[6]).toEqual({ root: folder, path: 'b.wav', absolutePath: join(folder, 'b.wav'), size: SOUND.length, mtimeMs: 1_600_000_000_500 });
    expect(result).toMatchObject({ roots: [folder], skipped: 0, problems: [] });
  });

  it('by name where the name tells, by content where it does not', async () => {
    for (const path of ['empty.wav', 'lie.flac']) put(path, '');
    for (const path of ['notes.txt', 'cover.jpg', 'list.m3u8', 'video.mp4', 'sound-named.json']) put(path);
    put('take one');
    put('song.001', MP3);
    put('blob.xyz', 'nothing to hear');
    put('nothing', '');
    const result = await scan([folder]);
    expect(paths(result)).toEqual(['empty.wav', 'lie.flac', 'song.001', 'take one']);
    expect(result.skipped).toBe(7);
  });

  it('no hidden files or folders, unless one is named', async () => {
    put('.hidden.wav');
    put('.git/objects/a.wav');
    put('._b.wav');
    put('b.wav');
    const result = await scan([folder]);
    expect(paths(result)).toEqual(['b.wav']);
    expect(result.skipped).toBe(0);
    expect(paths(await scan([join(folder, '.git')]))).toEqual(['objects/a.wav']);
  });

  it('any name: spaces, accents composed and not, emoji, new lines, quotes, a leading dash', async () => {
    const names = ['a b.wav', 'caf\u00e9.wav', 'cafe\u0301.wav', '🥁/🎵.wav', 'line\nbreak.wav', '\'"`$(x).wav', '-rf.wav', 'back\\slash.wav'];
    for (const name of names) put(name);
    const result = await scan([folder]);
    expect(new Set(paths(result))).toEqual(new Set(names));
    for (const track of result.tracks) expect(statSync(track.absolutePath).size).toBe(track.size);
  });

  it('a file that is named is a sound, whatever it is called; its root is its folder', async () => {
    const path = put('deep/sound.txt');
    const result = await scan([path]);
    expect(result.tracks).toEqual([expect.objectContaining({ root: join(folder, 'deep'), path: 'sound.txt', absolutePath: path })]);
    expect(result.roots).toEqual([]);
    put('deep/b.wav');
    expect(paths(await scan([folder, path]))).toEqual(['deep/b.wav', 'deep/sound.txt']);
  });

  it('takes paths relative to the working folder', async () => {
    put('a.wav');
    const result = await scan([relative(process.cwd(), folder)]);
    expect(result.roots).toEqual([folder]);
    expect(result.tracks[0]?.absolutePath).toBe(join(folder, 'a.wav'));
  });
});

describe('everything counts once', () => {
  it('files and folders given twice, or inside each other', async () => {
    put('drums/kick.wav');
    put('a.wav');
    const result = await scan([folder, join(folder, 'drums'), folder, join(folder, 'a.wav'), join(folder, 'drums', '..', 'a.wav')]);
    expect(paths(result)).toEqual(['a.wav', 'drums/kick.wav']);
    expect(result.roots).toEqual([folder, join(folder, 'drums')]);
    const inner = await scan([join(folder, 'drums'), folder]);
    expect(inner.tracks.map(({ root, path }) => [basename(root), path])).toEqual([[basename(folder), 'a.wav'], ['drums', 'kick.wav']]);
  });

  it('links in circles, to what is inside, to what is outside, and to nothing', async () => {
    put('in/a/one.wav');
    put('out/two.wav');
    put('out/three.wav');
    const inside = join(folder, 'in');
    symlinkSync(inside, join(inside, 'a', 'loop'));
    symlinkSync(join(inside, 'a'), join(inside, 'a-first'));
    symlinkSync(join(folder, 'out'), join(inside, 'elsewhere'));
    symlinkSync(join(folder, 'out'), join(inside, 'elsewhere-again'));
    symlinkSync(join(inside, 'a', 'one.wav'), join(inside, '0-link.wav'));
    symlinkSync(join(folder, 'gone'), join(inside, 'broken.wav'));
    const result = await scan([inside]);
    expect(paths(result)).toEqual(['a/one.wav', 'elsewhere/three.wav', 'elsewhere/two.wav']);
    expect(result.problems).toEqual([expect.objectContaining({ path: join(inside, 'broken.wav'), code: 'SCAN_NOT_FOUND' })]);
  });

  it('excluded folders are not entered, by any way', async () => {
    put('a.wav');
    put('library/previews/b.wav');
    symlinkSync(join(folder, 'library'), join(folder, 'link'));
    expect(paths(await scan([folder], { exclude: [join(folder, 'library'), join(folder, 'not there')] }))).toEqual(['a.wav']);
  });
});

describe('what goes wrong', () => {
  it('a path that is not there: SCAN_NOT_FOUND, and its name', async () => {
    put('a.wav');
    const gone = join(folder, 'gone');
    await expect(scan([folder, gone])).rejects.toMatchObject({ name: 'SoundkinError', code: 'SCAN_NOT_FOUND' });
    await expect(scan([folder, gone])).rejects.toThrow(gone);
    await expect(scan([join(folder, 'a.wav', 'b')])).rejects.toMatchObject({ code: 'SCAN_NOT_FOUND' });
  });

  it('no sounds: SCAN_EMPTY, the folder, what was there, and what is read', async () => {
    await expect(scan([folder])).rejects.toMatchObject({ code: 'SCAN_EMPTY' });
    await expect(scan([folder])).rejects.toThrow('got no files');
    put('a.txt');
    await expect(scan([folder])).rejects.toThrow('got 1 other file.');
    put('b.txt');
    const error = await scan([folder]).catch((thrown: unknown) => thrown);
    for (const part of [`"${folder}"`, '2 other files', 'FLAC', 'ffmpeg']) expect((error as Error).message).toContain(part);
    await expect(scan([])).rejects.toMatchObject({ code: 'SCAN_EMPTY' });
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot)('a folder that may not be read is a problem, not the end (skipped for root, who may read all)', async () => {
    put('a.wav');
    put('shut/b.wav');
    chmodSync(join(folder, 'shut'), 0);
    try {
      const result = await scan([folder]);
      expect(paths(result)).toEqual(['a.wav']);
      expect(result.problems).toEqual([expect.objectContaining({ path: join(folder, 'shut'), code: 'SCAN_NOT_FOUND' })]);
    } finally {
      chmodSync(join(folder, 'shut'), 0o700);
    }
  });

  it('a folder 200 folders deep, beside 1500 files', async () => {
    const deep = Array.from({ length: 200 }, (_, i) => `d${i}`).join('/');
    put(`${deep}/end.wav`);
    for (let i = 0; i < 1500; i++) writeFileSync(join(folder, `${i}.wav`), SOUND);
    const events: ProgressEvent[] = [];
    const result = await scan([folder], { onProgress: (event) => events.push(event) });
    expect(result.tracks).toHaveLength(1501);
    expect(paths(result)).toEqual([...paths(result)].sort());
    expect(events).toHaveLength(201);
    expect(events.at(-1)).toMatchObject({ stage: 'scan', done: 1501 });
  });
});
