#!/usr/bin/env node
/** Compiles the AssemblyScript kernels into dist, each beside the compiled module that loads it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A kernel: its entry, the folders it is made of, and where it goes below dist. */
const KERNELS = [
  { entry: 'src/decode/kernels/pcm/assembly/index.ts', folders: ['src/decode/kernels/pcm/assembly'], out: 'decode/kernels/pcm.wasm', flags: [] },
  { entry: 'src/decode/kernels/resample/assembly/index.ts', folders: ['src/decode/kernels/resample/assembly'], out: 'decode/kernels/resample.wasm', flags: [] },
  {
    entry: 'src/features/kernels/wasm/assembly/index.ts',
    folders: ['src/features/kernels/wasm/assembly', 'src/tensor-dsp/kernels/wasm/assembly'],
    out: 'features/kernels/wasm/track.wasm',
    flags: ['--importMemory'],
  },
  {
    entry: 'src/kmeans/kernels/wasm/assembly/index.ts',
    folders: ['src/kmeans/kernels/wasm/assembly', 'src/evaluate/kernels/wasm/assembly'],
    out: 'kmeans/kernels/wasm/points.wasm',
    flags: ['--importMemory', '--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'],
  },
  { entry: 'src/project/kernels/assembly/index.ts', folders: ['src/project/kernels/assembly'], out: 'project/kernels/layout.wasm', flags: ['--use', 'abort='] },
  { entry: 'src/report/codec/assembly/index.ts', folders: ['src/report/codec/assembly'], out: 'report/codec/encode.wasm', flags: ['--use', 'abort='] },
];

function isStale({ folders, out }, dist) {
  const file = path.join(dist, out);
  if (!existsSync(file)) return true;
  const built = statSync(file).mtimeMs;
  return folders.some((folder) => readdirSync(path.join(root, folder)).some((name) => statSync(path.join(root, folder, name)).mtimeMs > built));
}

/**
 * @param {string} [dist] where they go.
 * @param {boolean} [onlyStale] leave those alone that are newer than their sources.
 * @returns {Promise<void>}
 */
export async function buildKernels(dist = path.join(root, 'dist'), onlyStale = false) {
  const wanted = KERNELS.filter((kernel) => !onlyStale || isStale(kernel, dist));
  if (wanted.length === 0) return;
  const { default: asc } = await import('assemblyscript/asc');
  for (const { entry, out, flags } of wanted) {
    const made = new Map();
    const { error, stderr } = await asc.main([entry, '--baseDir', root, '--outFile', 'kernel.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', ...flags], {
      writeFile: (file, contents) => void made.set(path.basename(file), contents),
    });
    const wasm = made.get('kernel.wasm');
    if (error !== null || wasm === undefined) throw new Error(`build-kernels: expected ${entry} to compile, got:\n${stderr.toString()}`, { cause: error });
    // Renamed when whole: a test that starts at the same moment never loads half a kernel.
    const file = path.join(dist, out);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.${process.pid}.tmp`, wasm);
    await rename(`${file}.${process.pid}.tmp`, file);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildKernels();
