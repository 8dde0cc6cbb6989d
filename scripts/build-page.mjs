// Builds the report's browser side: src/report/page -> page.js (one classic script) and page.css.
import { build } from 'esbuild';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} [outDir] where page.js and page.css go; dist/report unless told otherwise
 * @returns {Promise<void>}
 */
export async function buildPage(outDir = path.join(root, 'dist/report')) {
  const page = path.join(root, 'src/report/page');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: path.join(page, 'main.ts'), out: 'page' },
      { in: path.join(page, 'page.css'), out: 'page' },
    ],
    tsconfig: path.join(page, 'tsconfig.json'),
    outdir: outDir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.2'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  });
  await mkdir(outDir, { recursive: true });
  for (const file of outputFiles) {
    // Renamed when whole: a report that is written at the same moment never reads half a page.
    const draft = `${file.path}.${process.pid}.tmp`;
    await writeFile(draft, file.contents);
    await rename(draft, file.path);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildPage(process.argv[2]);
