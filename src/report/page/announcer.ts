import { element } from './element.js';

const region = element('p', { class: 'toast', attributes: { role: 'status', 'aria-live': 'polite' } });
let timer = 0;

/** The place where short messages appear; to be put on the page once. */
export function announcerRegion(): HTMLElement {
  return region;
}

/** Shows a short message for a moment, and has it read out. */
export function announce(message: string): void {
  region.textContent = message;
  region.classList.add('toast-shown');
  clearTimeout(timer);
  timer = window.setTimeout(() => region.classList.remove('toast-shown'), 3200);
}
