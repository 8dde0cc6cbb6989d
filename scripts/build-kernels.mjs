// Compiles the decoder's AssemblyScript kernels: src/decode/kernels/NAME/assembly/index.ts -> NAME.wasm.
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = path.join(root, 'src/decode/kernels');

/**
 * @param {string} [outDir] where the .wasm files go; dist/decode/kernels unless told otherwise
 * @returns {Promise<void>}
 */
export async function buildKernels(outDir = path.join(root, 'dist/decode/kernels')) {
  await mkdir(outDir, { recursive: true });
  for (const name of await readdir(sources)) {
    const made = new Map();
    const { error, stderr } = await asc.main(
      [
        `src/decode/kernels/${name}/assembly/index.ts`,
        ...['--baseDir', root, '--outFile', 'kernel.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd'],
      ],
      { writeFile: (file, contents) => void made.set(path.basename(file), contents) },
    );
    const wasm = made.get('kernel.wasm');
    if (error !== null || wasm === undefined) {
      throw new Error(`build-kernels: expected ${name} to compile, got:\n${stderr.toString()}`, { cause: error });
    }
    // Renamed when whole: a test that starts at the same moment never loads half a kernel.
    const file = path.join(outDir, `${name}.wasm`);
    await writeFile(`${file}.${process.pid}.tmp`, wasm);
    await rename(`${file}.${process.pid}.tmp`, file);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildKernels(process.argv[2]);
