/** What the picture of a sweep shows. */
export interface SweepPicture {
  readonly title: string;
  /** By rising k; a value that is not finite leaves a gap. */
  readonly rows: readonly { readonly k: number; readonly inertia: number; readonly silhouette: number }[];
  readonly suggestedK: number;
}

const WIDTH = 720;
const PANEL = { left: 72, right: 24, height: 200 };
const TOPS = [76, 344] as const;
const HEIGHT = 600;
const INK = '#1d1d22';
const PALE = '#6d6d76';
const GRID = '#e4e2dd';
const MARK = '#c2410c';

/**
 * The curves of a sweep as one SVG file: inertia, whose bend is the elbow, above the mean silhouette, over the number of clusters, with the
 * suggested one marked in both.
 */
export function renderSweepSvg({ title, rows, suggestedK }: SweepPicture): string {
  const panels = [
    panel('Inertia: distances to the centroids, squared and summed', rows.map(({ k, inertia }) => [k, inertia] as const), suggestedK, TOPS[0], '#1d4ed8', true),
    panel('Mean silhouette: 1 at best', rows.map(({ k, silhouette }) => [k, silhouette] as const), suggestedK, TOPS[1], '#0f766e', false),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}" role="img">`,
    `<title>${escapeXml(title)}: inertia and silhouette by number of clusters, k = ${suggestedK} suggested</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PANEL.left, 28, title, 'font-size="16" font-weight="600"'),
    ...panels,
    text(WIDTH - PANEL.right, HEIGHT - 12, 'clusters (k)', `text-anchor="end" fill="${PALE}"`),
    '</svg>',
    '',
  ].join('\n');
}

type Point = readonly [k: number, value: number];

function panel(name: string, points: readonly Point[], suggestedK: number, top: number, color: string, fromZero: boolean): string {
  const values = points.map(([, value]) => value).filter(Number.isFinite);
  if (values.length === 0) return text(PANEL.left, top - 8, `${name}. No values.`, `fill="${PALE}"`);
  const bottom = top + PANEL.height;
  const right = WIDTH - PANEL.right;
  const [lowK, highK] = [points[0]![0], points.at(-1)![0]];
  const x = (k: number): number => (highK > lowK ? PANEL.left + 12 + ((k - lowK) / (highK - lowK)) * (right - PANEL.left - 24) : (PANEL.left + right) / 2);
  const span = Math.max(...values) - Math.min(...values) || Math.abs(values[0]!) || 1;
  const low = fromZero ? 0 : Math.min(...values) - 0.08 * span;
  const high = Math.max(...values) + 0.18 * span; // room for the words beside the mark
  const y = (value: number): number => bottom - ((value - low) / (high - low)) * PANEL.height;
  const parts = [text(PANEL.left, top - 12, name, 'font-weight="600"')];

  for (const tick of ticks(low, high, 4)) {
    parts.push(line(PANEL.left, y(tick), right, y(tick), `stroke="${GRID}"`), text(PANEL.left - 8, y(tick) + 4, String(tick), `text-anchor="end" fill="${PALE}"`));
  }
  const every = Math.ceil(points.length / 18);
  points.forEach(([k], i) => {
    if (i % every === 0) parts.push(line(x(k), bottom, x(k), bottom + 4, `stroke="${PALE}"`), text(x(k), bottom + 18, String(k), `text-anchor="middle" fill="${PALE}"`));
  });
  parts.push(line(PANEL.left, bottom, right, bottom, `stroke="${PALE}"`), line(PANEL.left, top, PANEL.left, bottom, `stroke="${PALE}"`));

  const chosen = points.find(([k, value]) => k === suggestedK && Number.isFinite(value));
  if (chosen !== undefined) {
    const leftwards = x(suggestedK) > WIDTH * 0.7;
    parts.push(
      line(x(suggestedK), top, x(suggestedK), bottom, `stroke="${MARK}" stroke-dasharray="4 4"`),
      text(x(suggestedK) + (leftwards ? -7 : 7), top + 12, `k = ${suggestedK} suggested: ${shortNumber(chosen[1])}`, `${leftwards ? 'text-anchor="end" ' : ''}fill="${MARK}" stroke="#ffffff" stroke-width="4" paint-order="stroke"`),
    );
  }
  for (const run of finiteRuns(points)) {
    parts.push(`<polyline points="${run.map(([k, value]) => `${round(x(k))},${round(y(value))}`).join(' ')}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`);
    parts.push(...run.map(([k, value]) => `<circle cx="${round(x(k))}" cy="${round(y(value))}" r="${k === suggestedK ? 5 : 3}" fill="${k === suggestedK ? MARK : color}"><title>k = ${k}: ${shortNumber(value)}</title></circle>`));
  }
  return `<g>\n${parts.join('\n')}\n</g>`;
}

/** Stretches without a gap. */
function finiteRuns(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (Number.isFinite(point[1])) runs.at(-1)!.push(point);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

/** Round steps that cover a range in about `count` parts. */
function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const found: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}

function line(x1: number, y1: number, x2: number, y2: number, rest: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${rest}/>`;
}

function text(x: number, y: number, content: string, rest: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${rest}>${escapeXml(content)}</text>`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const shortNumber = (value: number): string => String(Number(value.toPrecision(4)));

function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
