import type { MapFrame, Places } from './map-frame.js';

/**
 * The point nearest to a place on the screen, within a reach, among those that `accept` takes; -1 for none. One pass
 * over all points: 50 000 take less than a millisecond, so there is no index to keep in step with the zoom.
 */
export function nearestPoint(
  places: Places,
  frame: MapFrame,
  x: number,
  y: number,
  reach: number,
  accept: (index: number) => boolean,
): number {
  let best = reach * reach;
  let found = -1;
  for (let i = 0; i < places.x.length; i++) {
    const dx = frame.toScreenX(places.x[i] ?? 0) - x;
    if (dx > reach || dx < -reach) continue;
    const dy = frame.toScreenY(places.y[i] ?? 0) - y;
    const distance = dx * dx + dy * dy;
    if (distance <= best && accept(i)) {
      best = distance;
      found = i;
    }
  }
  return found;
}

/** The point that an arrow key goes to: near, and rather ahead than aside; -1 for none. */
export function nextPoint(
  places: Places,
  frame: MapFrame,
  from: number,
  direction: readonly [number, number],
  accept: (index: number) => boolean,
): number {
  const x = frame.toScreenX(places.x[from] ?? 0);
  const y = frame.toScreenY(places.y[from] ?? 0);
  let best = Infinity;
  let found = -1;
  for (let i = 0; i < places.x.length; i++) {
    if (i === from) continue;
    const dx = frame.toScreenX(places.x[i] ?? 0) - x;
    const dy = frame.toScreenY(places.y[i] ?? 0) - y;
    const ahead = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (ahead < 1 || aside > 2.5 * ahead) continue;
    const cost = ahead + 2 * aside;
    if (cost < best && accept(i)) {
      best = cost;
      found = i;
    }
  }
  return found;
}
