/** The most that the picture can be enlarged. */
const MAX_ZOOM = 60;
/** A layout has no true aspect, but one axis is never stretched more than this against the other. */
const MAX_STRETCH = 1.7;

export interface Places {
  x: Float64Array;
  y: Float64Array;
}

/** Where points of the layout lie on the screen: fitted to a frame, then zoomed and panned. All in CSS pixels. */
export class MapFrame {
  width = 1;
  height = 1;
  zoom = 1;
  #panX = 0;
  #panY = 0;
  #scaleX = 1;
  #scaleY = 1;
  #centreX = 0;
  #centreY = 0;
  readonly #range: { x: [number, number]; y: [number, number] };

  constructor(places: Places) {
    this.#range = { x: extent(places.x), y: extent(places.y) };
  }

  resize(width: number, height: number): void {
    const padding = Math.min(40, width / 8, height / 8);
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    const spanX = this.#range.x[1] - this.#range.x[0];
    const spanY = this.#range.y[1] - this.#range.y[0];
    const fitX = spanX > 0 ? (this.width - 2 * padding) / spanX : Infinity;
    const fitY = spanY > 0 ? (this.height - 2 * padding) / spanY : Infinity;
    const least = Math.min(fitX, fitY);
    this.#scaleX = Number.isFinite(least) ? Math.min(fitX, least * MAX_STRETCH) : 1;
    this.#scaleY = Number.isFinite(least) ? Math.min(fitY, least * MAX_STRETCH) : 1;
    this.#centreX = (this.#range.x[0] + this.#range.x[1]) / 2;
    this.#centreY = (this.#range.y[0] + this.#range.y[1]) / 2;
    this.#clamp();
  }

  toScreenX(x: number): number {
    return this.width / 2 + this.#panX + (x - this.#centreX) * this.#scaleX * this.zoom;
  }

  /** Up in the layout is up on the screen. */
  toScreenY(y: number): number {
    return this.height / 2 + this.#panY - (y - this.#centreY) * this.#scaleY * this.zoom;
  }

  /** Zooms by a factor about a point of the screen, which stays where it is. */
  zoomAt(factor: number, x: number, y: number): void {
    const zoom = Math.min(MAX_ZOOM, Math.max(1, this.zoom * factor));
    const by = zoom / this.zoom;
    this.#panX = (x - this.width / 2) * (1 - by) + this.#panX * by;
    this.#panY = (y - this.height / 2) * (1 - by) + this.#panY * by;
    this.zoom = zoom;
    this.#clamp();
  }

  pan(dx: number, dy: number): void {
    this.#panX += dx;
    this.#panY += dy;
    this.#clamp();
  }

  /** Pans just enough that a point lies well inside the frame. */
  reveal(x: number, y: number): void {
    const margin = Math.min(60, this.width / 5, this.height / 5);
    const sx = this.toScreenX(x);
    const sy = this.toScreenY(y);
    this.pan(
      sx < margin ? margin - sx : sx > this.width - margin ? this.width - margin - sx : 0,
      sy < margin ? margin - sy : sy > this.height - margin ? this.height - margin - sy : 0,
    );
  }

  reset(): void {
    this.zoom = 1;
    this.#panX = 0;
    this.#panY = 0;
  }

  /** The picture never leaves the frame: at zoom 1 it does not move at all. */
  #clamp(): void {
    const roomX = ((this.zoom - 1) * this.width) / 2;
    const roomY = ((this.zoom - 1) * this.height) / 2;
    this.#panX = Math.min(roomX, Math.max(-roomX, this.#panX));
    this.#panY = Math.min(roomY, Math.max(-roomY, this.#panY));
  }
}

function extent(values: Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
