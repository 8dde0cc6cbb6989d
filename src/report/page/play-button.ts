import { element } from './element.js';
import { icon } from './icons.js';
import type { Player } from './player.js';

/** Keeps every visible play button, row and waveform in step with the player: they say what they are, it does the rest. */
export function followPlayer(root: HTMLElement, player: Player): void {
  let active: HTMLElement[] = [];
  const refresh = (): void => {
    const { current, playing } = player;
    for (const node of root.querySelectorAll<HTMLElement>('[data-sound]')) markSound(node, current, playing);
    active = [...root.querySelectorAll<HTMLElement>('.is-current .wave')];
  };
  player.onChange(refresh);
  player.onProgress((progress) => {
    for (const wave of active) if (wave.isConnected) wave.style.setProperty('--progress', progress.toFixed(4));
  });
  // Rows come and go with the list; the new ones are told at once.
  new MutationObserver((records) => {
    if (records.some((record) => record.addedNodes.length > 0) && player.current !== null) refresh();
  }).observe(root, { childList: true, subtree: true });
}

function markSound(node: HTMLElement, current: number | null, playing: boolean): void {
  const mine = Number(node.dataset['sound']) === current;
  node.classList.toggle('is-current', mine);
  node.classList.toggle('is-playing', mine && playing);
  if (!mine) for (const wave of node.querySelectorAll<HTMLElement>('.wave')) wave.style.removeProperty('--progress');
  const button = node.matches('button') ? node : node.querySelector('button[data-name]');
  const name = button?.getAttribute('data-name');
  if (button && name !== null) button.setAttribute('aria-label', `${mine && playing ? 'Pause' : 'Play'} ${name}`);
}

/** Play and pause in one round button; which of the two shows is up to the `is-playing` of whatever holds it. */
export function playButton(name: string, onClick: () => void): HTMLButtonElement {
  return element(
    'button',
    {
      class: 'play-button',
      attributes: { type: 'button', 'data-name': name, 'aria-label': `Play ${name}` },
      on: { click: onClick },
    },
    icon('play'),
    icon('pause'),
  );
}
