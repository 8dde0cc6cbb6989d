import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { createVitest } from 'vitest/node';
import { describe, expect, it } from 'vitest';
import { REPOSITORY, sourceFiles } from './support/source-files.js';

/** Files that anybody may import, and that import nothing of ours but other leaves. */
const LEAVES = ['config', 'errors', 'host-points', 'progress', 'random', 'require-package', 'stage-seconds', 'version', 'vital-signs', 'web-assembly', 'web-gpu'];

/** Which rooms a room may import besides the leaves; a file's name where only that file. Data walks one way, and `commands` is the only corridor. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: ['terminal'],
  index: ['commands', 'decode', 'device', 'features', 'library', 'scan'],
  terminal: ['commands', 'device', 'features'],
  bench: ['decode', 'device', 'features', 'kmeans'],
  commands: ['bench', 'decode', 'device', 'evaluate', 'features', 'kmeans', 'labels', 'library', 'project', 'queue', 'report', 'scan', 'threads'],
  device: ['tensor-dsp/kernels/wasm/register-wasm-kernels', 'tensor-dsp/kernels/webgpu/check-kernels', 'tensor-dsp/kernels/webgpu/register-webgpu-kernels'],
  scan: ['decode/sniff-format'],
  tags: [],
  decode: [],
  labels: [],
  'tensor-dsp': [],
  features: ['tensor-dsp'],
  library: [],
  kmeans: [],
  evaluate: [],
  project: [],
  queue: [],
  report: [],
  threads: ['decode', 'features', 'report', 'tags'],
};

/** Rooms that are to run in a browser too: what they may import of packages, and nothing of Node. */
const PORTABLE: Readonly<Record<string, readonly string[]>> = {
  'tensor-dsp': ['@tensorflow/tfjs-core'],
  kmeans: ['@tensorflow/tfjs-core'],
  evaluate: ['@tensorflow/tfjs-core'],
  project: ['@tensorflow/tfjs-core'],
};

/** Every place that waits for the device, so that each can be counted. */
const HOST_READS = [
  'src/device/self-check.ts',
  'src/evaluate/cluster-distance-sums.ts',
  'src/evaluate/cluster-means.ts',
  'src/evaluate/kernels/webgpu/distance-sums.ts',
  'src/features/measure-composed.ts',
  'src/features/measure-on-webgpu.ts',
  'src/host-points.ts',
  'src/kmeans/init-plus-plus.ts',
  'src/kmeans/lloyd.ts',
  'src/project/scatter-on-device.ts',
  'src/tensor-dsp/kernels/webgpu/check-kernels.ts',
];

const MOST_LINES = 300;

const BANNED_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'shared', 'manager', 'base', 'impl', 'interfaces', 'types', 'classes', 'enums', 'constants'];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
  /** The room that a relative import leads to, or undefined for a package. */
  readonly target: string | undefined;
  /** Its path below src, without extension. */
  readonly path: string;
  readonly kind: 'static' | 'type' | 'dynamic';
}

const read = (file: string): string => readFileSync(`${REPOSITORY}${file}`, 'utf8');
const code = sourceFiles('src', '.ts').filter((file) => !file.endsWith('.d.ts'));
/** Sources of Node's side: the browser page and AssemblyScript are worlds of their own. */
const hosted = code.filter((file) => !file.startsWith('src/report/page/') && !file.includes('/assembly/'));
const roomOf = (file: string): string => file.replace(/^src\//, '').split('/')[0]!.replace(/\.(ts|js)$/, '');
/** Comments out, so that words in them are no code. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

function importsOf(file: string): Import[] {
  const text = withoutComments(read(file));
  const found = [...text.matchAll(/(?:^|[\s;])(?:(import|export)\s+(type\s+)?(?:[^'";()]*?\sfrom\s+)?|(import)\()\s*'([^']+)'/g)];
  return found.map(([, , type, dynamic, specifier]) => {
    const path = specifier!.startsWith('.') ? posix.join(posix.dirname(file), specifier!).replace(/^src\//, '').replace(/\.js$/, '') : specifier!;
    return { file, room: roomOf(file), specifier: specifier!, target: specifier!.startsWith('.') ? roomOf(path) : undefined, path, kind: dynamic !== undefined ? 'dynamic' : type !== undefined ? 'type' : 'static' };
  });
}

const imports = hosted.flatMap(importsOf);
const told = ({ file, specifier }: Import): string => `${file} imports ${specifier}`;

describe('the rooms', () => {
  it('are all in the table', () => {
    const rooms = [...new Set(hosted.map(roomOf))].filter((room) => !LEAVES.includes(room));
    expect(rooms.sort()).toEqual(Object.keys(MAY_IMPORT).sort());
    expect(imports.length).toBeGreaterThan(300); // the search itself finds imports
  });

  it('import only those they may', () => {
    const wrong = imports.filter(({ room, target, path }) => {
      if (target === undefined || target === room) return false;
      if (LEAVES.includes(target)) return false;
      return LEAVES.includes(room) || !MAY_IMPORT[room]!.some((allowed) => allowed === target || allowed === path);
    });
    expect(wrong.map(told)).toEqual([]);
  });

  it('are entered by the terminal only for types, until a verb runs', () => {
    const wrong = imports.filter(({ room, target, kind }) => room === 'terminal' && target !== undefined && target !== 'terminal' && !LEAVES.includes(target) && kind === 'static');
    expect(wrong.map(told)).toEqual([]);
  });

  it('have no circles, between rooms or files', () => {
    const edges = new Map<string, Set<string>>();
    const add = (from: string, to: string): void => void edges.set(from, (edges.get(from) ?? new Set()).add(to));
    for (const { file, path, target, kind, room } of imports) {
      if (target === undefined) continue;
      // Types are gone at run time: a circle of them within a room is none.
      if (kind !== 'type') add(file.replace(/^src\//, '').replace(/\.ts$/, ''), path);
      if (target !== room) add(`room ${room}`, `room ${target}`);
    }
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (node: string, trail: readonly string[]): void => {
      if (trail.includes(node)) return void circles.push([...trail.slice(trail.indexOf(node)), node].join(' -> '));
      if (done.has(node)) return;
      for (const next of edges.get(node) ?? []) walk(next, [...trail, node]);
      done.add(node);
    };
    for (const node of edges.keys()) walk(node, []);
    expect(circles).toEqual([]);
  });

  it.each(Object.entries(PORTABLE))('%s runs in a browser: nothing of Node, and only %o', (room, packages) => {
    const own = imports.filter((entry) => entry.room === room);
    expect(own.filter(({ target, specifier }) => target === undefined && !packages.includes(specifier)).map(told)).toEqual([]);
    for (const file of hosted.filter((name) => roomOf(name) === room)) expect(withoutComments(read(file)), file).not.toMatch(/\b(process|Buffer|__dirname|require)\b\s*[.([]/);
  });

  it('open backends, and packages that start native code, only where they belong', () => {
    const only = (pattern: RegExp, room: string): string[] => imports.filter(({ specifier, room: from, kind }) => pattern.test(specifier) && (from !== room || (kind === 'static' && !/duckdb/.test(specifier)))).map(told);
    expect(only(/^@tensorflow\/tfjs-(backend-|node)|^webgpu$/, 'device')).toEqual([]);
    expect(imports.filter(({ specifier, room }) => specifier === '@duckdb/node-api' && room !== 'library').map(told)).toEqual([]);
    expect(imports.filter(({ specifier, kind }) => specifier === '@duckdb/node-api' && kind === 'static').map(told)).toEqual([]);
    expect(imports.filter(({ specifier }) => specifier === '@tensorflow/tfjs').map(told)).toEqual([]);
  });

  it('read tensors back to the host in these files only', () => {
    const readers = hosted.filter((file) => /\.(data(<[^>]*>)?|dataSync|array|arraySync|bytes|buffer)\(\)/.test(withoutComments(read(file))));
    expect(readers).toEqual(HOST_READS);
    for (const file of hosted) expect(withoutComments(read(file)), file).not.toMatch(/\.(dataSync|arraySync|bufferSync)\(/);
  });
});

describe('the files', () => {
  const all = ['src', 'test', 'bench', 'scripts'].flatMap((folder) => sourceFiles(folder, '.ts', '.mts', '.mjs', '.css', '.py', '.sh'));

  it(`have ${MOST_LINES} lines at most`, () => {
    const long = all.filter((file) => read(file).trimEnd().split('\n').length > MOST_LINES);
    expect(long).toEqual([]);
  });

  it('have names that say what is in them', () => {
    const banned = all.filter((file) => file.split('/').some((part) => BANNED_NAMES.includes(part.split('.')[0]!)));
    expect(banned).toEqual([]);
    expect(hosted.filter((file) => !/^src(\/[a-z0-9]+(-[a-z0-9]+)*)+\.ts$/.test(file))).toEqual([]);
  });

  it('of src print nothing, and reach no host', () => {
    for (const file of code) {
      const text = withoutComments(read(file));
      expect(text, file).not.toMatch(/\bconsole\s*\./);
      if (!file.startsWith('src/terminal/')) expect(text, file).not.toMatch(/process\.(stdout|stderr)\b/);
      // Addresses of XML namespaces are names; nothing is fetched from them.
      expect([...read(file).matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host).filter((host) => host !== 'www.w3.org'), file).toEqual([]);
    }
  });

  it('of tests are all collected, none focused', async () => {
    const vitest = await createVitest('test', { watch: false, root: REPOSITORY });
    try {
      const collected = (await vitest.globTestSpecifications()).map(({ moduleId }) => moduleId.replaceAll('\\', '/').slice(REPOSITORY.length)).sort();
      const written = ['src', 'test', 'bench'].flatMap((folder) => sourceFiles(folder)).filter((file) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(file));
      expect(collected).toEqual(written.sort());
    } finally {
      await vitest.close();
    }
    for (const file of sourceFiles('test', '.ts')) expect(withoutComments(read(file)), file).not.toMatch(/\b(describe|it|test)(\.\w+)*\.only\b|\bfdescribe\(|\bfit\(/);
  });
});
