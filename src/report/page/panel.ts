import { clusterCard } from './cluster-card.js';
import { element } from './element.js';
import { icon } from './icons.js';
import { createMatcher, sortSounds, type Model } from './model.js';
import type { Player } from './player.js';
import { soundList } from './sound-list.js';
import type { View, ViewState } from './view-state.js';

/** Beside the picture: the filter, and under it all clusters, or the sounds of one, or those that match. */
export function createPanel(model: Model, player: Player, state: ViewState): HTMLElement {
  const body = element('div', { class: 'panel-body' });
  const filter = element('input', {
    class: 'filter-input',
    attributes: {
      type: 'search',
      id: 'filter',
      placeholder: 'Filter by name or label',
      'aria-label': 'Filter by name or label',
      autocomplete: 'off',
      spellcheck: 'false',
      enterkeyhint: 'search',
    },
    on: { input: () => state.update({ query: filter.value.trim() }) },
  });
  const panel = element(
    'section',
    { class: 'panel', attributes: { 'aria-label': 'Clusters and sounds' } },
    element(
      'div',
      { class: 'filter' },
      icon('search'),
      filter,
      element('kbd', { attributes: { 'aria-hidden': 'true' } }, '/'),
    ),
    body,
  );

  // Cards are made once: waveforms of many clusters are worth keeping when a person goes back and forth.
  const overview = element(
    'ul',
    { class: 'cards', attributes: { 'aria-label': 'Clusters' } },
    ...model.clusters.map((cluster) => clusterCard(cluster, model, player, state)),
  );
  const show = (view: View): void => {
    const cluster = view.cluster === null ? null : (model.clusterById.get(view.cluster) ?? null);
    if (!cluster && view.query === '') {
      body.replaceChildren(
        model.clusters.length > 0 ? overview : element('p', { class: 'empty' }, 'There are no clusters in this report.'),
      );
      return;
    }
    const matches = createMatcher(view.query);
    const among = cluster ? cluster.members : model.sounds.map((sound) => sound.index);
    const indices = among.filter((index) => {
      const sound = model.sounds[index];
      return sound !== undefined && matches(sound);
    });
    body.replaceChildren(soundList(model, player, state, cluster, sortSounds(model, indices, view.sort)));
  };

  state.subscribe((view, before) => {
    if (filter.value.trim() !== view.query) filter.value = view.query;
    if (view.cluster === before.cluster && view.query === before.query && view.sort === before.sort) return;
    show(view);
    if (view.sort !== before.sort) body.querySelector<HTMLElement>(`[data-sort="${view.sort}"]`)?.focus();
    if (view.cluster === before.cluster) return;
    body.scrollTop = 0;
    if (panel.getBoundingClientRect().top < 0) panel.scrollIntoView({ block: 'start' });
    const target =
      view.cluster === null
        ? overview.querySelector<HTMLElement>(`[data-cluster="${before.cluster}"] .card-open`)
        : body.querySelector<HTMLElement>('h2');
    target?.focus({ preventScroll: view.cluster !== null });
  });
  show(state.current);
  return panel;
}
