import { element } from './element.js';
import { formatCount } from './format.js';
import type { Model } from './model.js';
import { clusterCss } from './theme.js';
import type { ViewState } from './view-state.js';

/** The colours and what they stand for; each shows its cluster in the picture while under the pointer, and opens it. */
export function createLegend(model: Model, state: ViewState): HTMLElement {
  const buttons = model.clusters.map((cluster) =>
    element(
      'button',
      {
        class: 'legend-item',
        attributes: {
          type: 'button',
          'aria-pressed': 'false',
          'aria-label': `Cluster ${cluster.id}, ${formatCount(cluster.size)} sounds`,
        },
        css: clusterCss(cluster.place),
        on: {
          click: () => state.update({ cluster: state.current.cluster === cluster.id ? null : cluster.id, highlight: null }),
          pointerenter: (event) => event.pointerType === 'mouse' && state.update({ highlight: cluster.id }),
          pointerleave: () => state.update({ highlight: null }),
        },
      },
      element('i', { class: 'dot' }),
      element('b', {}, String(cluster.id)),
      element('span', {}, formatCount(cluster.size)),
    ),
  );
  state.subscribe((view) => {
    model.clusters.forEach((cluster, i) => {
      const pressed = view.cluster === cluster.id;
      buttons[i]?.setAttribute('aria-pressed', String(pressed));
    });
  });
  return element('div', { class: 'legend', attributes: { role: 'group', 'aria-label': 'Clusters by colour' } }, ...buttons);
}
