import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cluster } from '../../src/commands/cluster.js';
import { extract } from '../../src/commands/extract.js';
import { openLibrary } from '../../src/library/index.js';
import { copySamples, temporaryFolder } from '../support/real-samples.js';
import { pack, wav } from '../support/wav-bytes.js';

const work = temporaryFolder();
let sounds = '';
let library = '';
let runs = 0;
const backend = 'wasm';

const tone = (samples: number): Uint8Array => wav(pack(Array.from({ length: samples }, (_, i) => Math.round(9000 * Math.sin(i / 5))), 's16'), { sampleRate: 22050 });

beforeEach(() => {
  runs += 1;
  sounds = join(work, `sounds-${runs}`);
  library = join(work, `library-${runs}`);
  mkdirSync(sounds);
});

async function pathsIn(dir: string): Promise<string[]> {
  const open = await openLibrary(dir, { readOnly: true });
  try {
    return (await open.tracks()).map(({ path }) => path);
  } finally {
    await open.close();
  }
}

describe('extract', () => {
  it('keeps a row of every file, good or bad, and lists the bad with their reason', async () => {
    copySamples(sounds, ['bd_ada']);
    const whole = tone(22050);
    for (const [name, bytes] of Object.entries({ 'text.wav': Buffer.from('no sound at all'), 'zero.wav': new Uint8Array(0), 'short.wav': whole.subarray(0, 20_000), 'silence.wav': wav(new Uint8Array(44_100)), 'one.wav': tone(1), 'header.wav': wav(new Uint8Array(0)) })) {
      writeFileSync(join(sounds, name), bytes);
    }
    writeFileSync(join(sounds, 'readme.txt'), 'hello');
    const outcome = await extract({ sounds: [sounds], library, backend });
    expect(outcome.files).toEqual({ found: 7, ok: 4, failed: 3, damaged: 1, measured: 4, unchanged: 0, carried: 0, removed: 0, skipped: 1, hidden: 0, ignored: 0, excluded: 0, vanished: 0, unreadable: 0 });
    expect(Object.fromEntries(outcome.problems.map(({ path, code }) => [path, code]))).toEqual({ 'header.wav': 'DECODE_EMPTY', 'short.wav': 'DECODE_TRUNCATED', 'text.wav': 'DECODE_NOT_AUDIO', 'zero.wav': 'DECODE_EMPTY' });
    for (const { message } of outcome.problems) expect(message).toMatch(/^decode: expected .+\. .+\.$/);
    expect(await pathsIn(library)).toHaveLength(7);
    expect(outcome).toMatchObject({ interrupted: false, device: { backend: 'wasm' } });
  });

  it('measures nothing twice, the changed file again, the new one too, and lets go of the gone', async () => {
    copySamples(sounds, ['bd_ada', 'bd_boom', 'bd_fat']);
    writeFileSync(join(sounds, 'text.wav'), 'no sound');
    const first = await extract({ sounds: [sounds], library, backend });
    expect(first.files).toMatchObject({ measured: 3, failed: 1, unchanged: 0 });

    const second = await extract({ sounds: [sounds], library, backend });
    expect(second.files).toMatchObject({ found: 4, ok: 3, failed: 1, measured: 0, unchanged: 4, removed: 0 });
    expect(second.device).toBeNull();
    expect(second.problems).toEqual(first.problems);

    copySamples(sounds, { 'bd_ada.flac': 'bd_gas', 'new.flac': 'bd_haus' });
    rmSync(join(sounds, 'bd_fat.flac'));
    const third = await extract({ sounds: [sounds], library, backend });
    expect(third.files).toMatchObject({ found: 4, ok: 3, failed: 1, measured: 2, unchanged: 2, removed: 1 });
    expect(await pathsIn(library)).toEqual(['bd_ada.flac', 'bd_boom.flac', 'new.flac', 'text.wav']);

    const forced = await extract({ sounds: [sounds], library, backend, force: true });
    expect(forced.files).toMatchObject({ measured: 3, unchanged: 0 });
  });

  it('looks at a touched file again, and measures it only where its content is another', async () => {
    copySamples(sounds, ['bd_ada', 'bd_boom']);
    await extract({ sounds: [sounds], library, backend });
    const file = join(sounds, 'bd_ada.flac');
    utimesSync(file, 1, 1);
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ measured: 0, carried: 1, unchanged: 1 });
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ measured: 0, carried: 0, unchanged: 2 });
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    utimesSync(file, 2, 2);
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ measured: 1, carried: 0, unchanged: 1 });
  });

  it('tries again what failed of rights, and only that', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read every file');
    copySamples(sounds, ['bd_ada', 'bd_boom']);
    chmodSync(join(sounds, 'bd_ada.flac'), 0);
    expect((await extract({ sounds: [sounds], library, backend })).problems).toMatchObject([{ path: 'bd_ada.flac', code: 'DECODE_READ' }]);
    chmodSync(join(sounds, 'bd_ada.flac'), 0o644);
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ measured: 1, unchanged: 1, failed: 0 });
  });

  it('tries again what nothing here could decode, once something can', async ({ skip }) => {
    copySamples(sounds, ['bd_ada']);
    // 8SVX, which only ffmpeg reads: a header of 20 bytes and 800 samples at 8 kHz.
    writeFileSync(join(sounds, 'old.iff'), Buffer.concat([Buffer.from('FORM\0\0\x03\x488SVXVHDR\0\0\0\x14', 'latin1'), Buffer.from([0, 0, 3, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0x1f, 0x40, 1, 0, 0, 1, 0, 0]), Buffer.from('BODY\0\0\x03\x20', 'latin1'), Buffer.alloc(800, 100)]));
    const path = process.env['PATH'];
    process.env['PATH'] = '';
    const first = await extract({ sounds: [sounds], library, backend });
    const again = await extract({ sounds: [sounds], library, backend });
    process.env['PATH'] = path;
    expect(first.problems).toMatchObject([{ path: 'old.iff', code: 'DECODE_UNSUPPORTED' }]);
    expect(again.problems).toEqual(first.problems);
    expect(again.files).toMatchObject({ unchanged: 1, measured: 0 });
    skip(spawnSync('ffmpeg', ['-version']).error !== undefined, 'ffmpeg is not installed');
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ unchanged: 1, measured: 1, failed: 0 });
  });

  it('keeps rows of a folder that could not be looked at this time', async () => {
    copySamples(sounds, { 'a.flac': 'bd_ada', 'sub/b.flac': 'bd_boom' });
    const elsewhere = join(work, `elsewhere-${runs}`);
    await extract({ sounds: [sounds], library, backend });
    renameSync(join(sounds, 'sub'), elsewhere);
    symlinkSync(join(work, 'nowhere'), join(sounds, 'sub')); // as a disk that is not mounted today
    const outcome = await extract({ sounds: [sounds], library, backend });
    expect(outcome.files).toMatchObject({ removed: 0, found: 1 });
    expect(outcome.problems).toMatchObject([{ code: 'SCAN_NOT_FOUND' }]);
    expect(await pathsIn(library)).toEqual(['a.flac', 'sub/b.flac']);
    rmSync(join(sounds, 'sub'));
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ removed: 1 });
  });

  it('keeps what was measured when it is stopped, and goes on with the rest', async () => {
    copySamples(sounds, ['bd_ada', 'bd_boom', 'bd_fat', 'bd_gas', 'bd_haus', 'bd_jazz']);
    const controller = new AbortController();
    let seen = 0;
    const stopped = await extract({
      sounds: [sounds],
      library,
      backend,
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage !== 'features') return;
        seen = done;
        controller.abort();
      },
    });
    expect(stopped.interrupted).toBe(true);
    expect(seen).toBeGreaterThan(0);
    const { measured } = stopped.files;
    const rest = await extract({ sounds: [sounds], library, backend });
    expect(rest.files).toMatchObject({ found: 6, ok: 6, unchanged: measured, measured: 6 - measured });
  });

  it('stops before the first sound when it is stopped before it begins', async () => {
    copySamples(sounds, ['bd_ada', 'bd_boom']);
    const outcome = await extract({ sounds: [sounds], library, backend, signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ interrupted: true, files: { measured: 0, failed: 0 }, problems: [] });
    expect(await pathsIn(library)).toEqual([]);
  });

  it('refuses other settings than the library’s, and takes its own where none are given', async () => {
    copySamples(sounds, ['bd_ada']);
    await extract({ sounds: [sounds], library, backend, analysis: { nFft: 1024, hopLength: 256 } });
    await expect(extract({ sounds: [sounds], library, backend, analysis: { nFft: 2048 } })).rejects.toMatchObject({ code: 'LIBRARY_MIXED', message: expect.stringContaining('nFft 1024') });
    expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ unchanged: 1 });
    expect((await extract({ sounds: [sounds], library, backend, analysis: { nFft: 1024 } })).files).toMatchObject({ unchanged: 1 });
  });

  it('refuses, without making a library, what is not there or holds no sound', async () => {
    const empty = join(work, 'empty');
    mkdirSync(empty, { recursive: true });
    await expect(extract({ sounds: [join(work, 'nope')], library, backend })).rejects.toMatchObject({ code: 'SCAN_NOT_FOUND' });
    await expect(extract({ sounds: [empty], library, backend })).rejects.toMatchObject({ code: 'SCAN_EMPTY' });
    await expect(extract({ sounds: [empty], library, backend, analysis: { nFft: 3 } })).rejects.toMatchObject({ code: 'SCAN_EMPTY' });
    await expect(openLibrary(library)).rejects.toMatchObject({ code: 'LIBRARY_NOT_FOUND' });
  });

  it('does not take its own library for sounds, and counts a file once that two folders lead to', async () => {
    copySamples(sounds, { 'a.flac': 'bd_ada', 'sub/b.flac': 'bd_boom', 'sub/c.flac': 'tabla_na' });
    const inside = join(sounds, 'library');
    await extract({ sounds: [sounds], library: inside, backend });
    await extract({ sounds: [join(sounds, 'sub')], library: inside, backend });
    const outcome = await cluster({ library: inside, k: 2, backend, report: false });
    expect(outcome.sizes.reduce((sum, size) => sum + size, 0)).toBe(3);
  });
});
