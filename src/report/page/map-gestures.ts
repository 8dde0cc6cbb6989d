import type { MapFrame } from './map-frame.js';

export interface GestureHandlers {
  /** The frame has moved or zoomed. */
  moved: () => void;
  tap: (x: number, y: number, touch: boolean) => void;
  /** The mouse rests here; null when it left. */
  hover: (at: { x: number; y: number } | null) => void;
}

/** Pixels a finger may slip and still tap. */
const SLIP = 7;

/**
 * Wheel and pinch zoom, drag pans, a tap taps. At rest the page keeps its own scrolling: one finger up or down, or the
 * wheel where there is nothing to zoom out of, scrolls past the picture instead of being caught in it.
 */
export function listenToGestures(surface: HTMLElement, frame: MapFrame, handlers: GestureHandlers): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let start: { x: number; y: number } | null = null;
  let dragging = false;

  const local = (event: MouseEvent): { x: number; y: number } => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const moved = (): void => {
    surface.style.touchAction = frame.zoom > 1.01 ? 'none' : 'pan-y';
    handlers.moved();
  };

  surface.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    pointers.set(event.pointerId, local(event));
    start = pointers.size === 1 ? local(event) : null;
    dragging = pointers.size > 1;
    // Fingers are captured by themselves; a mouse that leaves the picture while it drags is not.
    if (event.pointerType === 'mouse') surface.setPointerCapture(event.pointerId);
  });

  surface.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    const now = local(event);
    if (!before) {
      if (event.pointerType === 'mouse') handlers.hover(now);
      return;
    }
    if (pointers.size === 1) {
      if (!dragging && start && Math.hypot(now.x - start.x, now.y - start.y) > SLIP) {
        dragging = true;
        surface.classList.add('map-dragging');
        handlers.hover(null);
      }
      if (dragging) frame.pan(now.x - before.x, now.y - before.y);
    } else {
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const apart = Math.hypot(before.x - other.x, before.y - other.y);
        const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(apart, 1);
        frame.zoomAt(factor, (now.x + other.x) / 2, (now.y + other.y) / 2);
        frame.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      }
    }
    pointers.set(event.pointerId, now);
    if (dragging) moved();
  });

  const release = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && !dragging && start) handlers.tap(start.x, start.y, event.pointerType !== 'mouse');
    if (pointers.size === 0) {
      surface.classList.remove('map-dragging');
      dragging = false;
      start = null;
    }
  };
  surface.addEventListener('pointerup', release);
  surface.addEventListener('pointercancel', release);
  surface.addEventListener('pointerleave', () => handlers.hover(null));

  surface.addEventListener(
    'wheel',
    (event) => {
      if (event.deltaY > 0 && frame.zoom <= 1) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 20 : 1;
      const { x, y } = local(event);
      frame.zoomAt(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * 0.0022), x, y);
      moved();
    },
    { passive: false },
  );
  surface.style.touchAction = 'pan-y';
}
