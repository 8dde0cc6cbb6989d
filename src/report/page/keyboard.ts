import type { Player } from './player.js';
import type { ViewState } from './view-state.js';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=range]), textarea, select');
}

/** A control that was reached with the keyboard keeps the space bar; one that was only clicked does not. */
function keepsSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('button:focus-visible, a:focus-visible, summary:focus-visible');
}

/** The keys of the whole page. */
export function listenToKeys(player: Player, state: ViewState): void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      const { query } = state.current;
      if (query !== '') state.update({ query: '' });
      else if (!document.querySelector('details[open] :focus')) state.update({ cluster: null });
      return;
    }
    if (isTyping(event.target)) return;
    if (event.key === ' ') {
      if (keepsSpace(event.target) || player.current === null) return;
      player.toggle();
    } else if (event.key === 'n' || event.key === 'N') player.step(1);
    else if (event.key === 'p' || event.key === 'P') player.step(-1);
    else if (event.key === '/') document.querySelector<HTMLInputElement>('#filter')?.focus();
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  // A clicked button that keeps the focus would act on the space bar's release as well.
  document.addEventListener('keyup', (event) => {
    if (event.key !== ' ' || isTyping(event.target) || keepsSpace(event.target)) return;
    if (player.current !== null) event.preventDefault();
  });
}
