import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SoundkinError } from '../errors.js';
import { SOUNDKIN_MARK } from './mark.js';
import { packReport } from './packed.js';
import type { ReportData } from './report-data.js';

/** Where the built page lies: beside this module, below a bundle of the whole command line, or, from source, in dist. */
const PAGE_FOLDERS = ['./', './report/', '../../dist/report/'];

async function readPageFile(name: string): Promise<string> {
  for (const folder of PAGE_FOLDERS) {
    try {
      return await readFile(new URL(`${folder}${name}`, import.meta.url), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new SoundkinError('INTERNAL', `report: expected the built page's ${name}, found none. Run npm run build.`);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that cannot end its own script element, nor open a comment in it. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c').replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029');
}

function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * The report as one HTML file that needs nothing else: script, styles and data are inside.
 *
 * A content security policy lets exactly this script and these styles run, forbids every connection, and allows sound
 * from the file itself, from beside it and from the disk. All data travels as JSON and reaches the page as text.
 *
 * @throws INTERNAL when the page was not built.
 */
export async function renderReport(data: ReportData): Promise<string> {
  const [script, styles] = await Promise.all([readPageFile('page.js'), readPageFile('page.css')]);
  const safeScript = script.trim().replace(/<\/(script)/gi, '<\\/$1');
  const safeStyles = styles.trim().replace(/<\/(style)/gi, '<\\/$1');
  const policy = [
    "default-src 'none'",
    `script-src ${cspHash(safeScript)}`,
    `style-src ${cspHash(safeStyles)}`,
    'img-src data:',
    "media-src 'self' file: blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const icon = `data:image/svg+xml,${encodeURIComponent(SOUNDKIN_MARK)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f6f5f2" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#131317" media="(prefers-color-scheme: dark)">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Soundkin ${escapeHtml(data.soundkinVersion)}">
<title>${escapeHtml(data.title)} – Soundkin</title>
<link rel="icon" href="${icon}">
<style>${safeStyles}</style>
</head>
<body>
<div id="app"><noscript>This report draws itself with a script inside this file. Please allow scripts for it.</noscript></div>
<script type="application/json" id="report-data">${scriptJson(packReport(data))}</script>
<script>${safeScript}</script>
</body>
</html>
`;
}
