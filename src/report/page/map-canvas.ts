import { drawDots, RIM_RADIUS, sprite, stampDots, type Drawing } from './map-dots.js';
import type { MapFrame } from './map-frame.js';

/** Points that glow: more would not be told apart, and each costs a large blit. */
const GLOW_POINTS = 1200;
const GLOW_SCALE = 0.2;
/** From here on a blit a point is slower than setting pixels. */
const MANY_POINTS = 6000;

function glow(radius: number, colour: string): HTMLCanvasElement {
  return sprite(2 * radius, (context) => {
    const gradient = context.createRadialGradient(radius, radius, 0, radius, radius, radius);
    gradient.addColorStop(0, `${colour}ff`);
    gradient.addColorStop(0.4, `${colour}66`);
    gradient.addColorStop(1, `${colour}00`);
    context.fillStyle = gradient;
    context.fillRect(0, 0, 2 * radius, 2 * radius);
  });
}

/** CSS pixels of a dot's radius: smaller the more there are, larger the closer one looks. */
export function dotRadius(points: number, frame: MapFrame): number {
  const crowd = Math.sqrt((frame.width * frame.height) / Math.max(points, 1));
  const largest = Math.min(11, Math.max(6, Math.min(frame.width, frame.height) / 110));
  const resting = Math.min(largest, Math.max(1.5, crowd * 0.16));
  return Math.min(Math.max(10, largest), resting * frame.zoom ** 0.4);
}

/** Draws the whole picture; returns how many points lie inside the frame. */
export function drawMap(canvas: HTMLCanvasElement, frame: MapFrame, drawing: Drawing): number {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const width = Math.round(frame.width * ratio);
  const height = Math.round(frame.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (!context) return 0;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);

  const count = drawing.places.x.length;
  drawGlow(context, frame, drawing);

  const radius = dotRadius(count, frame);
  const draw = count > MANY_POINTS && radius < RIM_RADIUS ? stampDots : drawDots;
  return draw(context, frame, drawing, radius, ratio);
}

/**
 * A soft light under each cluster, so that its region is seen before its points are. Painted small and enlarged: it has
 * no detail to lose, and large blits are what takes time without a graphics card.
 */
function drawGlow(context: CanvasRenderingContext2D, frame: MapFrame, drawing: Drawing): void {
  const { places, colourOf, colours, lit, dark } = drawing;
  const every = Math.max(1, Math.ceil(places.x.length / GLOW_POINTS));
  const radius = Math.round(Math.min(frame.width, frame.height) * 0.1 * Math.min(2.4, frame.zoom ** 0.6) * GLOW_SCALE);
  if (radius < 2) return;
  const small = document.createElement('canvas');
  small.width = Math.ceil(frame.width * GLOW_SCALE);
  small.height = Math.ceil(frame.height * GLOW_SCALE);
  const painter = small.getContext('2d');
  if (!painter) return;
  // On an opaque ground: faint colours laid over nothing would be rounded to grey.
  painter.fillStyle = getComputedStyle(context.canvas).backgroundColor;
  painter.fillRect(0, 0, small.width, small.height);
  const shown = Math.min(places.x.length, GLOW_POINTS);
  const lights = colours.map((colour) => glow(radius, colour));
  painter.globalAlpha = Math.min(dark ? 0.16 : 0.13, 0.025 + 6 / Math.max(shown, 40));
  for (let i = 0; i < places.x.length; i += every) {
    const image = lights[colourOf[i] ?? 0];
    if (!image || !lit[i]) continue;
    const x = frame.toScreenX(places.x[i] ?? 0) * GLOW_SCALE - radius;
    const y = frame.toScreenY(places.y[i] ?? 0) * GLOW_SCALE - radius;
    if (x < -2 * radius || y < -2 * radius || x > small.width || y > small.height) continue;
    painter.drawImage(image, x, y);
  }
  context.imageSmoothingQuality = 'high';
  const { width, height } = context.canvas;
  context.drawImage(small, 0, 0, frame.width * GLOW_SCALE, frame.height * GLOW_SCALE, 0, 0, width, height);
}
