import { clusterFacts } from './cluster-card.js';
import { element } from './element.js';
import { formatCount, formatScore, plural, silhouetteWords } from './format.js';
import type { Model } from './model.js';
import { clusterCss } from './theme.js';
import type { ViewState } from './view-state.js';

type ScoreName = keyof Model['data']['scores'];

const LABEL_SCORES: [ScoreName, string, string][] = [
  ['vMeasure', 'V-measure', 'Homogeneity and completeness in one number. 1 is a perfect match with the labels.'],
  ['homogeneity', 'Homogeneity', 'Does each cluster hold sounds of one label only? 1 means always.'],
  ['completeness', 'Completeness', 'Do the sounds of one label stay together? 1 means always.'],
  [
    'adjustedRand',
    'Adjusted Rand',
    'Pairs of sounds that clusters and labels agree on, beyond chance. 0 is chance, 1 is all.',
  ],
  [
    'adjustedMutualInfo',
    'Adjusted mutual information',
    'What the clusters tell about the labels, beyond chance. 0 is nothing, 1 is everything.',
  ],
];

/** The scores, each with what it means, and beside the silhouette always the sizes. */
export function createScores(model: Model, state: ViewState): HTMLElement {
  const { scores } = model.data;
  const known = LABEL_SCORES.filter(([name]) => scores[name] !== undefined);
  return element(
    'section',
    { class: 'block', attributes: { id: 'scores', 'aria-labelledby': 'scores-title' } },
    element('h2', { attributes: { id: 'scores-title' } }, 'Scores'),
    silhouetteTile(model, state),
    element(
      'div',
      { class: 'score-grid' },
      ...known.map(([name, title, meaning]) => tile(title, scores[name], meaning)),
      known.length === 0 &&
        element(
          'div',
          { class: 'tile tile-empty' },
          element('h3', {}, 'No labels'),
          element(
            'p',
            {},
            'With known labels this part also tells how well the clusters agree with them: ',
            element('code', {}, 'soundkin evaluate --labels labels.csv'),
          ),
        ),
    ),
  );
}

function tile(title: string, value: number | undefined, meaning: string): HTMLElement {
  return element(
    'div',
    { class: 'tile' },
    element('h3', {}, title),
    element('p', { class: 'tile-value' }, formatScore(value)),
    meter(value, 0),
    element('p', { class: 'tile-meaning' }, meaning),
  );
}

/** A bar from `low` to 1, growing from zero. */
function meter(value: number | undefined, low: -1 | 0): HTMLElement {
  const at = (score: number): number => (Math.min(1, Math.max(low, score)) - low) / (1 - low);
  const known = value !== undefined && Number.isFinite(value) ? value : 0;
  return element(
    'div',
    {
      class: 'meter',
      attributes: { 'aria-hidden': 'true' },
      css: { from: at(Math.min(0, known)).toFixed(4), to: at(Math.max(0, known)).toFixed(4), zero: at(0).toFixed(4) },
    },
    element('i'),
  );
}

function silhouetteTile(model: Model, state: ViewState): HTMLElement {
  const { clusters, data } = model;
  const value = data.scores.silhouette;
  const total = clusters.reduce((sum, { size }) => sum + size, 0);
  // More digits than of the score: of many thousand sounds the error is in the third.
  const error = data.scores.silhouetteError === undefined ? '' : `± ${data.scores.silhouetteError.toFixed(4)} (of a sample), `;
  const words = value !== undefined && Number.isFinite(value) ? silhouetteWords(value) : 'needs two clusters or more';
  return element(
    'div',
    { class: 'tile tile-wide' },
    element(
      'div',
      { class: 'tile-half' },
      element('h3', {}, 'Silhouette'),
      element('p', { class: 'tile-value' }, formatScore(value), element('small', {}, `${error}${words}`)),
      meter(value, -1),
      element(
        'p',
        { class: 'tile-meaning' },
        'How much nearer sounds are to their own cluster than to the next, from −1 to 1. ' +
          'Read it with the sizes: a few single sounds beside one large cluster score high and mean little.',
      ),
    ),
    element(
      'div',
      { class: 'tile-half' },
      element('h3', {}, 'Sizes'),
      element(
        'div',
        { class: 'sizes' },
        ...clusters
          .filter(({ size }) => size > 0)
          .map((cluster) =>
            element(
              'button',
              {
                css: { ...clusterCss(cluster.place), grow: String(cluster.size) },
                attributes: {
                  type: 'button',
                  title: `Cluster ${cluster.id}: ${clusterFacts(cluster)}`,
                  'aria-label': `Open cluster ${cluster.id}, ${formatCount(cluster.size)} sounds`,
                },
                on: {
                  click: () => {
                    state.update({ cluster: cluster.id, query: '' });
                    document.querySelector('.panel')?.scrollIntoView({ block: 'nearest' });
                  },
                },
              },
              total > 0 && cluster.size / total > 0.06 && String(cluster.size),
            ),
          ),
      ),
      element('p', { class: 'tile-meaning' }, sizesInWords(model)),
    ),
  );
}

function sizesInWords({ clusters }: Model): string {
  const sizes = clusters.map(({ size }) => size).sort((a, b) => b - a);
  const [largest = 0] = sizes;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length < 2 || total === 0) return 'All sounds are in one cluster.';
  const single = sizes.filter((size) => size === 1).length;
  const share = Math.round((100 * largest) / total);
  const smallest = formatCount(sizes.at(-1) ?? 0);
  const text = `The largest cluster holds ${plural(largest, 'sound')}, ${share} % of all; the smallest ${smallest}.`;
  return single > 0 ? `${text} ${formatCount(single)} of ${formatCount(sizes.length)} hold a single sound.` : text;
}
