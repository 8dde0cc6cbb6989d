/** Results as bars: one panel a workload, one bar a contestant, longer is faster. Readable on light and dark pages. */
import { figure } from './result-table.js';
import type { Entry, Result } from './result.js';

const WIDTH = 760;
const LABELS = 230;
const FIGURES = 90;
const ROW = 22;
const HEAD = 34;
const GAP = 22;
const TITLE_CHARACTERS = 92;

const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1d1d22 } .title { font-weight: 600 } .pale { fill: #5f5f68 }
.soundkin { fill: #c2410c } .peer { fill: #64748b } .floor { fill: none; stroke: #64748b; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) { text { fill: #e9e8e4 } .pale { fill: #a5a4a0 } .soundkin { fill: #fb923c } .peer { fill: #94a3b8 } .floor { stroke: #94a3b8 } }
`;

/** Speed, in what the workload counts. */
function speed({ amount }: Result, { seconds }: Entry): number {
  return amount.value / seconds!.median;
}

function panel(result: Result, top: number): { svg: string; height: number } {
  // A floor is no way of doing the job, and copying memory would dwarf every bar.
  const shown = result.entries.filter((entry) => entry.seconds !== null && entry.check.ok && !entry.name.includes('copying')).sort((a, b) => speed(result, b) - speed(result, a));
  if (shown.length === 0) return { svg: '', height: 0 };
  const fastest = speed(result, shown[0]!);
  const isRun = result.amount.unit === 'runs';
  const parts = [`<text class="title" x="0" y="${top + 14}">${escapeXml(result.title.length > TITLE_CHARACTERS ? `${result.title.slice(0, TITLE_CHARACTERS)}…` : result.title)}</text>`];
  shown.forEach((entry, i) => {
    const y = top + HEAD - 6 + i * ROW;
    const width = Math.max(1.5, ((WIDTH - LABELS - FIGURES) * speed(result, entry)) / fastest);
    const told = isRun ? `${figure(entry.seconds!.median)} s` : `${figure(speed(result, entry))} ×`;
    parts.push(
      `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${escapeXml(entry.name)}</text>`,
      `<rect class="${entry.group}" x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 6}" rx="2"><title>${escapeXml(`${entry.name}: ${told}`)}</title></rect>`,
      `<text class="pale" x="${(LABELS + width + 6).toFixed(1)}" y="${y + 12}">${told}</text>`,
    );
  });
  return { svg: parts.join('\n'), height: HEAD + shown.length * ROW + GAP };
}

export function chartSvg(results: readonly Result[]): string {
  let top = 30;
  const panels = results.map((result) => {
    const { svg, height } = panel(result, top);
    top += height;
    return svg;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img">`,
    '<title>Soundkin and its peers: longer bars are faster</title>',
    `<style>${STYLE}</style>`,
    '<text class="pale" x="0" y="14">Speed: × real time, or seconds of a whole run; longer is faster. Dashed: what no method gets below.</text>',
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
