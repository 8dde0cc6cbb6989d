import { element, svgElement } from './element.js';

const HEIGHT = 32;

/** The peak heights of a sound, 0..1, in `bars` bars; null where none were measured. */
function decodePeaks(peaks: string | null, bars: number): number[] | null {
  if (!peaks) return null;
  let bytes: string;
  try {
    bytes = atob(peaks);
  } catch {
    return null;
  }
  if (bytes.length === 0) return null;
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * bytes.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * bytes.length) / bars));
    let top = 0;
    for (let i = from; i < to; i++) top = Math.max(top, bytes.charCodeAt(i));
    return top / 255;
  });
}

function bars(heights: readonly number[]): SVGSVGElement {
  const d = heights.map((height, bar) => {
    const tall = Math.max(1.6, Math.sqrt(height) * height ** 0.2 * HEIGHT);
    return `M${bar * 3} ${((HEIGHT - tall) / 2).toFixed(1)}h2v${tall.toFixed(1)}h-2z`;
  });
  return svgElement(
    'svg',
    { viewBox: `0 0 ${heights.length * 3 - 1} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svgElement('path', { d: d.join('') }),
  );
}

/** A small waveform in the colour of its cluster. What has been played is full, the rest pale: `--progress`, 0 to 1. */
export function waveform(peaks: string | null, count: number): HTMLElement {
  const heights = decodePeaks(peaks, count);
  const shape = bars(heights ?? Array.from({ length: count }, () => 0));
  const played = shape.cloneNode(true) as SVGSVGElement;
  played.classList.add('wave-played');
  return element('span', { class: heights ? 'wave' : 'wave wave-unknown' }, shape, played);
}
