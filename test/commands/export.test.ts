import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { cluster, type ClusterOutcome } from '../../src/commands/cluster.js';
import { exportClustering } from '../../src/commands/export.js';
import { report } from '../../src/commands/report.js';
import { show } from '../../src/commands/show.js';
import { parseCsv } from '../../src/labels/parse-csv.js';
import { copySamples, temporaryFolder } from '../support/real-samples.js';

const work = temporaryFolder();
const sounds = join(work, 'my sounds');
const library = join(work, 'library');
const awkward = ['plain.flac', 'a, "b".flac', 'two\nlines.flac', 'e\u0301te\u0301 🎵.flac', 'sub/#deep.flac', '-k.flac'];
let outcome: ClusterOutcome;

beforeAll(async () => {
  copySamples(sounds, Object.fromEntries(awkward.map((name, i) => [name, ['bd_ada', 'bd_boom', 'tabla_na', 'tabla_ke1', 'elec_blip', 'elec_ping'][i]!])));
  outcome = await cluster({ sounds: [sounds], library, k: 2, backend: 'wasm', report: false });
});

describe('export csv', () => {
  it('gives path,cluster,distance of every sound, cluster by cluster, nearest first, names intact', async () => {
    const { text, sounds: count, written } = await exportClustering({ library, format: 'csv' });
    const [header, ...rows] = parseCsv(text!);
    expect(header).toEqual(['path', 'cluster', 'distance']);
    expect([count, written]).toEqual([6, []]);
    expect(rows.map(([path]) => path).sort()).toEqual([...awkward].sort());
    const numbers = rows.map(([, id, distance]) => [Number(id), Number(distance)] as const);
    expect(numbers).toEqual([...numbers].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    expect(numbers.reduce((sum, [, distance]) => sum + distance ** 2, 0)).toBeCloseTo(outcome.inertia, 4);
    for (const id of [0, 1]) expect(numbers.filter(([cluster]) => cluster === id)).toHaveLength(outcome.sizes[id]!);
  });

  it('takes one cluster, and writes a file where one is named', async () => {
    const out = join(work, 'one.csv');
    const { text, written, sounds: count } = await exportClustering({ library, format: 'csv', cluster: 1, out });
    expect([text, written, count]).toEqual([null, [out], outcome.sizes[1]]);
    expect(parseCsv(readFileSync(out, 'utf8')).slice(1).map(([, id]) => id)).toEqual(new Array(outcome.sizes[1]!).fill('1'));
  });
});

describe('export json', () => {
  it('is one object that says how the clusters came about, and what is in them', async () => {
    const object = JSON.parse((await exportClustering({ library, format: 'json' })).text!) as { sounds: { path: string; root: string; durationSeconds: number; distance: number; label: null }[] };
    expect(object).toMatchObject({ k: 2, seed: 0, recipe: 'kin', sizes: outcome.sizes, inertia: outcome.inertia });
    expect(object.sounds.map(({ path }) => path).sort()).toEqual([...awkward].sort());
    for (const { root, durationSeconds, label } of object.sounds) {
      expect([root, label]).toEqual([sounds, null]);
      expect(durationSeconds).toBeGreaterThan(0.02);
    }
  });

  it('has null where a number is not defined', async () => {
    await cluster({ library, k: 1, backend: 'wasm', report: false, name: 'one' });
    const object = JSON.parse((await exportClustering({ library, format: 'json', name: 'one' })).text!) as { scores: object; sounds: { silhouette: unknown }[] };
    expect(object.scores).toEqual({ silhouette: null });
    expect(object.sounds[0]!.silhouette).toBeNull();
  });
});

/** Reads an extended M3U as players do: what is no comment is a file or an address. */
function entries(playlist: string): string[] {
  return playlist
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.startsWith('file:') ? fileURLToPath(line) : line));
}

describe('export m3u8', () => {
  it('lists files that are there, whatever their names', async () => {
    const text = (await exportClustering({ library, format: 'm3u8' })).text!;
    expect(text.startsWith('#EXTM3U\n')).toBe(true);
    expect(entries(text).sort()).toEqual(awkward.map((name) => join(sounds, name)).sort());
    for (const file of entries(text)) expect(existsSync(file)).toBe(true);
    expect(text.match(/^#EXTINF:\d+,.+$/gm)).toHaveLength(6);
  });

  it('fills a folder with one playlist a cluster', async () => {
    const out = join(work, 'lists', 'deep');
    const { written } = await exportClustering({ library, format: 'm3u8', out });
    expect(readdirSync(out).sort()).toEqual(['cluster-0.m3u8', 'cluster-1.m3u8']);
    expect(written.map((file) => entries(readFileSync(file, 'utf8')).length)).toEqual(outcome.sizes);
    const shown = (await show({ library, cluster: 0 })).files!.map(({ path }) => join(sounds, path));
    expect(entries(readFileSync(written[0]!, 'utf8'))).toEqual(shown);
  });

  it('writes one file where the name ends in .m3u8', async () => {
    const out = join(work, 'bass.m3u8');
    expect((await exportClustering({ library, format: 'm3u8', cluster: 0, out })).written).toEqual([out]);
    expect(entries(readFileSync(out, 'utf8'))).toHaveLength(outcome.sizes[0]!);
  });
});

describe('export parquet', () => {
  it('is read by DuckDB: labels, facts and features', async () => {
    const out = join(work, "it's all.parquet");
    expect(await exportClustering({ library, format: 'parquet', out })).toMatchObject({ written: [out], sounds: 6, text: null });
    const connection = await (await DuckDBInstance.create()).connect();
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${out.replaceAll("'", "''")}') ORDER BY cluster, distance`);
    const rows = reader.getRowObjectsJson();
    const csv = parseCsv((await exportClustering({ library, format: 'csv' })).text!).slice(1);
    expect(rows.map(({ path, cluster: id }) => [path, String(id)])).toEqual(csv.map(([path, id]) => [path, id]));
    const lists = Object.values(rows[0]!).filter((value) => Array.isArray(value)) as unknown[][];
    expect(lists.map((list) => list.length).sort((a, b) => a - b)).toEqual([171, 252]);
    connection.closeSync();
  });

  it('wants a file, and all clusters', async () => {
    await expect(exportClustering({ library, format: 'parquet' })).rejects.toMatchObject({ code: 'EXPORT_FORMAT', message: expect.stringContaining('--out') });
    await expect(exportClustering({ library, format: 'parquet', out: join(work, 'x.parquet'), cluster: 0 })).rejects.toMatchObject({ code: 'EXPORT_FORMAT' });
  });
});

describe('export refuses', () => {
  it.each([
    [{ cluster: 2 }, 'CLUSTER_UNKNOWN'],
    [{ cluster: NaN }, 'CLUSTER_UNKNOWN'],
    [{ name: 'other' }, 'CLUSTERING_NOT_FOUND'],
    [{ library: join(work, 'none') }, 'LIBRARY_NOT_FOUND'],
    [{ out: join(work, 'no', 'such', 'folder.csv') }, 'EXPORT_FORMAT'],
    [{ out: work }, 'EXPORT_FORMAT'],
  ] as const)('%o', async (wrong, code) => {
    await expect(exportClustering({ library, format: 'csv', ...wrong })).rejects.toMatchObject({ code });
  });

  it('a folder for playlists that is a file', async () => {
    writeFileSync(join(work, 'file'), '');
    await expect(exportClustering({ library, format: 'm3u8', out: join(work, 'file') })).rejects.toMatchObject({ code: 'EXPORT_FORMAT' });
  });
});

describe('report', () => {
  it('goes where it is told, with the title and as many previews as fit', async () => {
    const out = join(work, 'page.html');
    const none = await report({ library, out, title: '<Mine> & yours', previewMegabytes: 0 });
    expect(none).toMatchObject({ report: out, previews: 0 });
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('<title>&#60;Mine&#62; &#38; yours – Soundkin</title>');
    expect(Buffer.byteLength(page)).toBe(none.bytes);
    const all = await report({ library, out });
    expect(all.previews).toBe(6);
    expect(all.bytes).toBeGreaterThan(none.bytes);
  });

  it('is in the library by default, and does without sounds that have gone', async () => {
    const gone = join(work, 'gone');
    copySamples(gone, ['bd_ada', 'bd_boom']);
    const dir = join(work, 'gone-library');
    await cluster({ sounds: [gone], library: dir, k: 2, backend: 'wasm', report: false });
    rmSync(join(gone, 'bd_ada.flac'));
    expect(await report({ library: dir })).toMatchObject({ report: join(dir, 'report.html'), previews: 1 });
  });

  it('refuses a place it cannot write to, a library that is none, and previews of less than nothing', async () => {
    mkdirSync(join(work, 'folder'));
    await expect(report({ library, out: join(work, 'folder') })).rejects.toMatchObject({ code: 'EXPORT_FORMAT' });
    await expect(report({ library: work })).rejects.toMatchObject({ code: 'LIBRARY_FORMAT' });
    await expect(report({ library, previewMegabytes: -1 })).rejects.toMatchObject({ code: 'CONFIG_RANGE' });
  });
});
