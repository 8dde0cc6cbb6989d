import { element } from './element.js';
import { formatScore, plural, silhouetteWords } from './format.js';
import { icon } from './icons.js';
import type { Cluster, Model } from './model.js';
import type { Player } from './player.js';
import { clusterCss } from './theme.js';
import type { ViewState } from './view-state.js';
import { waveform } from './waveform.js';

/** Three are shown, six where the window is very wide. */
const TYPICAL = 6;
const CHIPS = 4;

/** What a cluster's labels are, the most frequent first; nothing where no labels are known. */
export function labelChips(cluster: Cluster, most: number = CHIPS): HTMLElement | null {
  if (cluster.topLabels.length === 0) return null;
  const rest = cluster.topLabels.length - most;
  return element(
    'ul',
    { class: 'chips', attributes: { 'aria-label': 'Labels' } },
    ...cluster.topLabels
      .slice(0, most)
      .map(({ label, count }) => element('li', { class: 'chip' }, label, element('b', {}, String(count)))),
    rest > 0 && element('li', { class: 'chip chip-quiet' }, `+${rest}`),
  );
}

/** `37 sounds · silhouette 0.21, overlapping`: the two always together. */
export function clusterFacts(cluster: Cluster): string {
  const words = Number.isFinite(cluster.silhouette)
    ? `silhouette ${formatScore(cluster.silhouette)}, ${silhouetteWords(cluster.silhouette)}`
    : 'silhouette not defined';
  // Of a cluster that the page shows a part of, no sound's own silhouette is known.
  if (cluster.size > cluster.members.length) return plural(cluster.size, 'sound');
  return `${plural(cluster.size, 'sound')} · ${words}`;
}

/** A cluster in the overview: how large, how clear, its labels, and its most typical sounds to hear at once. */
export function clusterCard(cluster: Cluster, model: Model, player: Player, state: ViewState): HTMLLIElement {
  const largest = Math.max(1, ...model.clusters.map(({ size }) => size));
  const typical = cluster.members.slice(0, TYPICAL).map((index) => model.sounds[index]);
  return element(
    'li',
    {
      class: 'card',
      css: clusterCss(cluster.place),
      attributes: { 'data-cluster': cluster.id },
      on: {
        pointerenter: (event) => event.pointerType === 'mouse' && state.update({ highlight: cluster.id }),
        pointerleave: () => state.update({ highlight: null }),
      },
    },
    element(
      'div',
      { class: 'card-head' },
      element('span', { class: 'badge', attributes: { 'aria-hidden': 'true' } }, String(cluster.id)),
      element(
        'div',
        { class: 'card-title' },
        element(
          'h3',
          {},
          element(
            'button',
            {
              class: 'card-open',
              attributes: { type: 'button' },
              on: { click: () => state.update({ cluster: cluster.id, highlight: null }) },
            },
            `Cluster ${cluster.id}`,
          ),
        ),
        element('p', { class: 'card-facts' }, clusterFacts(cluster)),
      ),
      element(
        'button',
        {
          class: 'button button-small',
          attributes: { type: 'button', 'aria-label': `Play all of cluster ${cluster.id}`, disabled: typical.length === 0 },
          on: { click: () => player.playAll(cluster.members) },
        },
        icon('play'),
        'Play all',
      ),
    ),
    element(
      'div',
      { class: 'size-bar', attributes: { 'aria-hidden': 'true' } },
      element('i', { css: { share: (cluster.size / largest).toFixed(4) } }),
    ),
    labelChips(cluster),
    element(
      'ul',
      { class: 'typical', attributes: { 'aria-label': 'Most typical sounds' } },
      ...typical.map(
        (sound) =>
          sound &&
          element(
            'li',
            {},
            element(
              'button',
              {
                class: 'typical-sound',
                attributes: {
                  type: 'button',
                  'data-sound': sound.index,
                  'data-name': sound.name,
                  'aria-label': `Play ${sound.name}`,
                  title: sound.path,
                },
                on: { click: () => toggleOrPlay(player, sound.index, cluster.members) },
              },
              waveform(sound.peaks, 28),
              element('span', {}, sound.name),
            ),
          ),
      ),
    ),
  );
}

/** What a play button does: pause and resume the sound it belongs to, or start it. */
export function toggleOrPlay(player: Player, index: number, queue: readonly number[]): void {
  if (player.current === index && player.notice === null) player.toggle();
  else player.play(index, queue);
}
