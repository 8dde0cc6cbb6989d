import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
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
    expect(result).toMatchObject({ skipped: 0, hidden: 3 });
    expect(paths(await scan([join(folder, '.git')]))).toEqual(['objects/a.wav']);
  });

  it('any name: spaces, accents composed and not, emoji, new lines, quotes, a leading dash', async () => {
    const names = ['a b.wav', 'caf\u00e9.wav', 'cafe\u0301.wav', '🥁/🎵.wav', 'line\nbreak.wav', '\'"`$(x).wav', '-rf.wav', 'back\\slash.wav', `${'é'.repeat(125)}x.wav`, 'really \ufffd.wav'];
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
    expect(result.problems).toEqual([expect.objectContaining({ root: inside, path: join(inside, 'broken.wav'), code: 'SCAN_NOT_FOUND', message: expect.stringContaining('nothing is there') as unknown })]);
  });

  it('links to what is passed over where it lies, to themselves, and to no sounds', async () => {
    put('.hidden.wav');
    put('.cache/deep/b.wav');
    put('notes.txt');
    for (const [target, name] of [['.hidden.wav', 'a.wav'], ['.cache', 'cache'], ['.cache/deep/b.wav', 'b.wav'], ['notes.txt', 'c.wav'], ['gone', 'list.m3u'], ['self.wav', 'self.wav']] as const) symlinkSync(join(folder, target), join(folder, name));
    const result = await scan([folder]);
    expect(paths(result)).toEqual(['a.wav', 'b.wav']);
    expect(result).toMatchObject({ skipped: 2, hidden: 2 }); // notes.txt where it lies, and the playlist
    expect(result.problems).toEqual([expect.objectContaining({ path: join(folder, 'self.wav'), message: expect.stringContaining('circle') as unknown })]);
  });

  it('excluded folders are not entered, by any way', async () => {
    put('a.wav');
    put('library/previews/b.wav');
    symlinkSync(join(folder, 'library'), join(folder, 'link'));
    expect(paths(await scan([folder], { exclude: [join(folder, 'library'), join(folder, 'not there')] }))).toEqual(['a.wav']);
  });
});

describe('what is passed over', () => {
  it('what a .soundkinignore names, in any folder, for all below it', async () => {
    for (const path of ['a.wav', 'old/a.wav', 'x/old/a.wav', 'x/loop 1.wav', 'x/loop 2.wav', 'y/loop 1.wav', 'y/z/keep.flac']) put(path);
    put('.soundkinignore', '# not these\nold/\n*.flac\n');
    put('x/.soundkinignore', 'loop *\n!loop 2.wav\n');
    put('y/z/.soundkinignore', '!keep.flac\n');
    const result = await scan([folder]);
    expect(paths(result)).toEqual(['a.wav', 'x/loop 2.wav', 'y/loop 1.wav', 'y/z/keep.flac']);
    expect(result).toMatchObject({ ignored: 3, excluded: 0, hidden: 0, skipped: 0, problems: [] });
    expect(paths(await scan([join(folder, 'old')]))).toEqual(['a.wav']); // who names a folder wants it
    expect(paths(await scan([folder, join(folder, 'old'), join(folder, 'x', 'loop 1.wav')]))).toEqual(['a.wav', 'a.wav', 'loop 1.wav', 'x/loop 2.wav', 'y/loop 1.wav', 'y/z/keep.flac']);
  });

  it('what a pattern names, relative to each root, links and named files too', async () => {
    for (const path of ['one/a.wav', 'one/b.mp3', 'one/sub/a.wav', 'two/a.wav', 'two/c.wav', 'out/d.wav']) put(path);
    put('two/.soundkinignore', 'c.wav');
    symlinkSync(join(folder, 'out'), join(folder, 'one', 'linked'));
    const roots = [join(folder, 'one'), join(folder, 'two')];
    const found = async (...excludePatterns: string[]): Promise<string[]> => (await scan(roots, { excludePatterns })).tracks.map(({ root, path }) => `${basename(root)}/${path}`);
    expect(await found('/a.wav')).toEqual(['one/b.mp3', 'one/linked/d.wav', 'one/sub/a.wav']);
    expect(await found('*.mp3', 'linked/')).toEqual(['one/a.wav', 'two/a.wav', 'one/sub/a.wav']);
    expect(await found('a.wav', '!/sub/a.wav', '!c.wav')).toEqual(['one/b.mp3', 'two/c.wav', 'one/linked/d.wav', 'one/sub/a.wav']);
    const named = await scan([join(folder, 'one', 'a.wav'), join(folder, 'one', 'b.mp3')], { excludePatterns: ['*.mp3'] });
    expect([paths(named), named.excluded]).toEqual([['a.wav'], 1]);
  });

  it('counts: a folder passed over is one, nobody looks into it', async () => {
    for (const path of ['a.wav', '.h/a.wav', '.h/b.wav', '.DS_Store', 'ig/a.wav', 'ig/b.wav', 'ex/a.wav', 'ex2.wav', 'list.m3u', 'list.pls', 'cd.cue', 'list.xspf', 'cover.JPG', 'back.jxl', 'clip.webm', 'lyrics.txt']) put(path);
    put('.soundkinignore', 'ig');
    expect(await scan([folder], { excludePatterns: ['ex', 'ex2.wav'] })).toMatchObject({ tracks: [expect.anything()], hidden: 2, ignored: 1, excluded: 2, skipped: 8, vanished: 0, problems: [] });
  });

  it('a .soundkinignore that cannot be read is a problem, and passes nothing over', async () => {
    put('a.wav');
    mkdirSync(join(folder, '.soundkinignore'));
    const result = await scan([folder]);
    expect(paths(result)).toEqual(['a.wav']);
    expect(result.problems).toEqual([expect.objectContaining({ path: join(folder, '.soundkinignore') })]);
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
    put('.c.wav');
    put('d.wav');
    await expect(scan([folder], { excludePatterns: ['d.wav'] })).rejects.toThrow('got 2 other files, 1 hidden, 1 excluded.');
    await expect(scan([])).rejects.toMatchObject({ code: 'SCAN_EMPTY' });
  });

  it.skipIf(process.getuid === undefined)('a folder that may not be read is a problem, not the end (skipped where rights are no numbers)', async () => {
    put('a.wav');
    put('shut/b.wav');
    put('shut.txt/c.wav');
    chmodSync(folder, 0o755);
    for (const name of ['shut', 'shut.txt']) chmodSync(join(folder, name), 0);
    const isRoot = process.getuid!() === 0;
    try {
      if (isRoot) process.seteuid!(65_534); // root may read all
      const result = await scan([folder]);
      expect(paths(result)).toEqual(['a.wav']);
      expect(result.problems).toEqual(['shut', 'shut.txt'].map((name) => expect.objectContaining({ root: folder, path: join(folder, name), code: 'SCAN_NOT_FOUND', message: expect.stringContaining('rights') as unknown }) as unknown));
      await expect(scan([join(folder, 'shut')])).rejects.toMatchObject({ code: 'SCAN_NOT_FOUND' });
    } finally {
      if (isRoot) process.seteuid!(0);
      for (const name of ['shut', 'shut.txt']) chmodSync(join(folder, name), 0o700);
    }
  });

  it.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is a problem that shows its bytes (skipped where no disk keeps one)', async () => {
    const raw = (...parts: (string | number)[]): Buffer => Buffer.concat([Buffer.from(`${folder}/`), ...parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part)))]);
    put('a.wav');
    writeFileSync(raw('caf', 0xe9, '.wav'), SOUND);
    writeFileSync(raw('caf', 0xe8, '.wav'), SOUND);
    writeFileSync(raw('caf', 0xe9, '.txt'), 'text');
    writeFileSync(raw('take', 0xff), SOUND);
    writeFileSync(raw('text', 0xff), 'text');
    mkdirSync(raw('dir', 0xfc));
    mkdirSync(raw('skip', 0xfc));
    put('caf\ufffd.wav');
    put('.soundkinignore', 'skip*');
    const result = await scan([folder]);
    expect(paths(result)).toEqual(['a.wav', 'caf\ufffd.wav']);
    expect(result).toMatchObject({ skipped: 2, ignored: 1, hidden: 0 });
    expect(result.problems.map(({ path, code }) => [basename(path), code])).toEqual(['caf\\xE8.wav', 'caf\\xE9.wav', 'dir\\xFC', 'take\\xFF'].map((name) => [name, 'SCAN_NAME']));
  });

  it('what goes away during the scan is counted, and no problem', async () => {
    for (const path of ['a/one.wav', 'b/two.wav', 'c/three.wav', 'c/d/four.wav', 'e.wav']) put(path);
    symlinkSync(join(folder, 'e.wav'), join(folder, 'f.wav'));
    const onProgress = ({ item }: ProgressEvent): void => {
      if (item !== folder) return; // the root is read: all that is below waits
      for (const path of ['b', 'f.wav', 'c/d']) rmSync(join(folder, path), { recursive: true });
    };
    const result = await scan([folder], { onProgress });
    expect(paths(result)).toEqual(['a/one.wav', 'c/three.wav', 'e.wav']);
    expect(result).toMatchObject({ vanished: 2, problems: [] });
  });

  it.skipIf(process.platform === 'win32')('a path longer than the system takes is a problem', async () => {
    put('a.wav');
    const name = 'd'.repeat(250);
    const here = process.cwd();
    try {
      process.chdir(folder);
      for (let i = 0; i < 17; i++) {
        mkdirSync(name);
        process.chdir(name);
      }
      writeFileSync('b.wav', SOUND);
    } finally {
      process.chdir(here);
    }
    const result = await scan([folder]);
    renameSync(join(folder, ...Array.from({ length: 9 }, () => name)), join(folder, 'rest')); // so that both halves can be removed
    expect(paths(result)).toEqual(['a.wav']);
    expect(result.problems).toEqual([expect.objectContaining({ code: 'SCAN_NOT_FOUND', message: expect.stringContaining('longer') as unknown })]);
  });

  it('a signal ends it: INTERRUPTED', async () => {
    put('a/b.wav');
    const controller = new AbortController();
    await expect(scan([folder], { signal: controller.signal, onProgress: () => controller.abort() })).rejects.toMatchObject({ code: 'INTERRUPTED' });
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
