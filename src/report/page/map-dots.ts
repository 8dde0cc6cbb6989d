import type { MapFrame, Places } from './map-frame.js';

export interface Drawing {
  places: Places;
  /** Index into `colours`, one a point. */
  colourOf: Uint16Array;
  colours: readonly string[];
  /** 1 where a point is lit, 0 where it stands back. */
  lit: Uint8Array;
  dark: boolean;
}

/** CSS pixels of radius from which on a dot has a rim; on smaller ones it would leave no colour. */
export const RIM_RADIUS = 2.6;
/** Pixels beyond the frame where a point still shows. */
const EDGE = 12;

function fadedColour(dark: boolean): string {
  return dark ? '#4a4952' : '#c9c6c0';
}

export function sprite(size: number, paint: (context: CanvasRenderingContext2D) => void): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(size);
  const context = canvas.getContext('2d');
  if (context) paint(context);
  return canvas;
}

function dot(radius: number, colour: string, rim: string | null): HTMLCanvasElement {
  const size = Math.ceil(2 * radius + 2);
  return sprite(size, (context) => {
    const disc = (r: number, fill: string): void => {
      context.beginPath();
      context.arc(size / 2, size / 2, r, 0, 2 * Math.PI);
      context.fillStyle = fill;
      context.fill();
    };
    if (rim !== null) disc(radius, rim);
    disc(rim === null ? radius : radius * 0.82, colour);
  });
}

/** Calls back for every point inside the frame, those that stand back first; returns how many there were. */
function eachInside(
  frame: MapFrame,
  { places, lit }: Drawing,
  visit: (index: number, x: number, y: number, isLit: boolean) => void,
): number {
  let inside = 0;
  for (const pass of [0, 1]) {
    for (let i = 0; i < places.x.length; i++) {
      if (lit[i] !== pass) continue;
      const x = frame.toScreenX(places.x[i] ?? 0);
      const y = frame.toScreenY(places.y[i] ?? 0);
      if (x < -EDGE || y < -EDGE || x > frame.width + EDGE || y > frame.height + EDGE) continue;
      inside++;
      visit(i, x, y, pass === 1);
    }
  }
  return inside;
}

/** Points as discs, each with a rim where it is large enough to show one. */
export function drawDots(
  context: CanvasRenderingContext2D,
  frame: MapFrame,
  drawing: Drawing,
  cssRadius: number,
  ratio: number,
): number {
  const radius = cssRadius * ratio;
  const rim = cssRadius < RIM_RADIUS ? null : drawing.dark ? '#16161b' : '#ffffff';
  const faded = dot(radius * 0.8, fadedColour(drawing.dark), rim);
  const dots = drawing.colours.map((colour) => dot(radius, colour, rim));
  return eachInside(frame, drawing, (index, x, y, isLit) => {
    const image = isLit ? (dots[drawing.colourOf[index] ?? 0] ?? faded) : faded;
    context.drawImage(image, Math.round(x * ratio - image.width / 2), Math.round(y * ratio - image.height / 2));
  });
}

/** The same for very many points, without rims: their pixels are set by hand and put over the picture in one blit. */
export function stampDots(
  context: CanvasRenderingContext2D,
  frame: MapFrame,
  drawing: Drawing,
  cssRadius: number,
  ratio: number,
): number {
  const { width, height } = context.canvas;
  const layer = document.createElement('canvas');
  layer.width = width;
  layer.height = height;
  const painter = layer.getContext('2d');
  if (!painter) return 0;
  const image = painter.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const radius = cssRadius * ratio;
  const reach = Math.ceil(radius);
  const mask: [dx: number, dy: number, alpha: number][] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const alpha = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy))));
      if (alpha > 0) mask.push([dx, dy, alpha]);
    }
  }
  // Bytes lie as red, green, blue, alpha; as one little-endian word that is alpha first.
  const word = (colour: string): number => {
    const rgb = Number.parseInt(colour.slice(1), 16);
    return ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16);
  };
  const words = drawing.colours.map(word);
  const faded = word(fadedColour(drawing.dark));
  const inside = eachInside(frame, drawing, (index, x, y, isLit) => {
    const colour = isLit ? (words[drawing.colourOf[index] ?? 0] ?? faded) : faded;
    const left = Math.round(x * ratio);
    const top = Math.round(y * ratio);
    for (const [dx, dy, alpha] of mask) {
      const px = left + dx;
      const py = top + dy;
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      const at = py * width + px;
      const before = (pixels[at] ?? 0) >>> 24;
      // A fainter edge colours what is under it only where that is faint too, and never thins it.
      if (alpha >= before || alpha > 127) pixels[at] = ((Math.max(alpha, before) << 24) | colour) >>> 0;
    }
  });
  painter.putImageData(image, 0, 0);
  context.drawImage(layer, 0, 0);
  return inside;
}
