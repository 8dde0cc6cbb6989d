import { svgElement } from './element.js';

/** Filled shapes on a 20 by 20 grid. */
const FILLED = {
  play: 'M6 3.6v12.8a.9.9 0 0 0 1.36.77l10.6-6.4a.9.9 0 0 0 0-1.54L7.36 2.83A.9.9 0 0 0 6 3.6z',
  pause: 'M5 3.5h3.2v13H5zM11.8 3.5H15v13h-3.2z',
  next: 'M3.5 4.3v11.4c0 .6.67.97 1.18.64L13 10.9v4.6h2.6v-11H13v4.6L4.68 3.66a.76.76 0 0 0-1.18.64z',
  previous: 'M16.5 4.3v11.4c0 .6-.67.97-1.18.64L7 10.9v4.6H4.4v-11H7v4.6l8.32-5.44a.76.76 0 0 1 1.18.64z',
} as const;

/** Lines on the same grid. */
const DRAWN = {
  back: 'M12 4 6 10l6 6',
  close: 'M5 5l10 10M15 5 5 15',
  copy: 'M7.5 7.5h8v8.5h-8zM4.5 12.5v-8.5h8',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  external: 'M8 5H4.5v10.5H15V12M11.5 4H16v4.5M16 4l-6.5 6.5',
  fit: 'M4 7.5V4h3.5M16 7.5V4h-3.5M4 12.5V16h3.5M16 12.5V16h-3.5',
  minus: 'M4.5 10h11',
  plus: 'M10 4.5v11M4.5 10h11',
  hover: 'M4 11V8M7.5 14V5M11 12.5v-5M14.5 15V4M17.5 11V9',
  queue: 'M3.5 5h9M3.5 9.5h9M3.5 14h5M12 11.8v5l4-2.5z',
  search: 'M9 3.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 9 3.8zM13 13l4 4',
  silent: 'M4 8v4h2.6L10.5 15.5v-11L6.6 8zM13.5 8l4 4M17.5 8l-4 4',
  volume: 'M4 8v4h2.6L10.5 15.5v-11L6.6 8zM13.4 7.6a3.4 3.4 0 0 1 0 4.8M15.6 5.4a6.5 6.5 0 0 1 0 9.2',
  warning: 'M10 3.2 2.6 16.2h14.8zM10 8v3.8M10 13.8v.4',
} as const;

export type IconName = keyof typeof FILLED | keyof typeof DRAWN;

/** A decorative icon in the colour of the text around it; whatever holds it needs a name of its own. */
export function icon(name: IconName): SVGSVGElement {
  const svg = svgElement('svg', { viewBox: '0 0 20 20', class: 'icon', 'aria-hidden': 'true', focusable: 'false' });
  svg.append(
    name in FILLED
      ? svgElement('path', { d: FILLED[name as keyof typeof FILLED], fill: 'currentColor' })
      : svgElement('path', {
          d: DRAWN[name as keyof typeof DRAWN],
          fill: 'none',
          stroke: 'currentColor',
          'stroke-width': 1.7,
          'stroke-linecap': 'round',
          'stroke-linejoin': 'round',
        }),
  );
  return svg;
}
