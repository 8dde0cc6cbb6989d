import { element, svgElement } from './element.js';
import { formatCompact } from './format.js';

interface ChartOptions {
  title: string;
  meaning: string;
  /** By rising k; a value that is not finite leaves a gap. */
  rows: { k: number; value: number }[];
  chosenK: number;
  suggestedK: number;
  format: (value: number) => string;
}

const HEIGHT = 230;
const MARGIN = { top: 26, right: 16, bottom: 38, left: 52 };

/** Round steps that cover a range in about `count` parts. */
function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const found: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

/** A line over the number of clusters, with the chosen and the suggested k marked, and values to read off. */
export function lineChart(options: ChartOptions): HTMLElement {
  const rows = options.rows.filter(({ value }) => Number.isFinite(value));
  const readout = element('p', { class: 'chart-readout', attributes: { 'aria-live': 'off' } });
  const holder = element('div', { class: 'chart-holder' });
  let hovered = -1;

  const draw = (): void => {
    const width = Math.max(120, holder.clientWidth);
    holder.replaceChildren(drawing(options, rows, width, hovered));
    const row = rows[hovered] ?? rows.find(({ k }) => k === options.chosenK);
    readout.textContent = row ? `k = ${row.k}: ${options.format(row.value)}` : '';
  };
  const hover = (event: PointerEvent): void => {
    const at = event.clientX - holder.getBoundingClientRect().left;
    const x = scaleX(rows, Math.max(120, holder.clientWidth));
    const gaps = rows.map(({ k }) => Math.abs(x(k) - at));
    const next = gaps.indexOf(Math.min(...gaps));
    if (next !== hovered) {
      hovered = next;
      draw();
    }
  };
  holder.addEventListener('pointermove', hover);
  holder.addEventListener('pointerdown', hover);
  holder.addEventListener('pointerleave', () => {
    hovered = -1;
    draw();
  });
  new ResizeObserver(draw).observe(holder);
  return element(
    'figure',
    { class: 'tile chart' },
    element('figcaption', {}, element('h3', {}, options.title), readout),
    rows.length > 0 ? holder : element('p', { class: 'empty' }, 'No values.'),
    element('p', { class: 'tile-meaning' }, options.meaning),
  );
}

function scaleX(rows: readonly { k: number }[], width: number): (k: number) => number {
  const low = rows[0]?.k ?? 0;
  const span = (rows.at(-1)?.k ?? 1) - low;
  const room = width - MARGIN.left - MARGIN.right;
  return (k) => MARGIN.left + (span > 0 ? ((k - low) / span) * (room - 16) + 8 : room / 2);
}

function drawing(options: ChartOptions, rows: ChartOptions['rows'], width: number, hovered: number): SVGSVGElement {
  const values = rows.map(({ value }) => value);
  const dataLow = Math.min(...values);
  const dataHigh = Math.max(...values);
  const pad = (dataHigh - dataLow || Math.abs(dataHigh) || 1) * 0.08;
  const low = dataLow >= 0 ? Math.max(0, dataLow - pad) : dataLow - pad;
  const high = dataHigh + pad;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = scaleX(rows, width);
  const y = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - MARGIN.top);
  const svg = svgElement('svg', {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    width,
    height: HEIGHT,
    role: 'img',
    'aria-label': `${options.title} by number of clusters. Chosen ${options.chosenK}, suggested ${options.suggestedK}.`,
  });
  const text = (content: string, attributes: Record<string, string | number>): SVGTextElement =>
    svgElement('text', attributes, content);

  for (const tick of ticks(low, high, 4)) {
    svg.append(
      svgElement('line', { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick), class: 'chart-grid' }),
      text(formatCompact(tick), { x: MARGIN.left - 8, y: y(tick) + 4, 'text-anchor': 'end' }),
    );
  }
  const every = Math.max(1, Math.ceil(rows.length / Math.max(2, Math.floor((width - MARGIN.left) / 34))));
  rows.forEach(({ k }, i) => {
    if (i % every === 0) svg.append(text(String(k), { x: x(k), y: bottom + 18, 'text-anchor': 'middle' }));
  });
  svg.append(text('clusters (k)', { x: width - MARGIN.right, y: HEIGHT - 4, 'text-anchor': 'end', class: 'chart-axis' }));

  const { chosenK, suggestedK } = options;
  const mark = (k: number, label: string, kind: string, row: number, leftOf?: number): void => {
    if (!rows.some((entry) => entry.k === k)) return;
    // The left one of two marks writes to its left, where there is room, so that neither crosses the other's line.
    const fits = x(k) - MARGIN.left > 78;
    const end = x(k) > width * 0.72 || (leftOf !== undefined && k < leftOf && fits) ? 'end' : 'start';
    svg.append(
      svgElement('line', { x1: x(k), x2: x(k), y1: MARGIN.top - 12 + row * 13, y2: bottom, class: `chart-mark ${kind}` }),
      text(label, { x: x(k) + (end === 'end' ? -5 : 5), y: MARGIN.top - 8 + row * 13, 'text-anchor': end, class: kind }),
    );
  };
  if (chosenK === suggestedK) mark(chosenK, 'chosen and suggested', 'chart-chosen', 0);
  else {
    mark(suggestedK, 'suggested', 'chart-suggested', 1, chosenK);
    mark(chosenK, 'chosen', 'chart-chosen', 0, suggestedK);
  }

  const points = rows.map((row) => `${x(row.k)},${y(row.value)}`).join(' ');
  svg.append(svgElement('polyline', { points, class: 'chart-line' }));
  rows.forEach((row, i) => {
    const strong = i === hovered || (hovered < 0 && row.k === chosenK);
    const kind = `chart-point${strong ? ' chart-point-strong' : ''}`;
    svg.append(svgElement('circle', { cx: x(row.k), cy: y(row.value), r: strong ? 5.5 : 3, class: kind }));
  });
  return svg;
}
