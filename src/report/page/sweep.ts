import { element } from './element.js';
import { formatCount, formatNumber, formatScore, plural } from './format.js';
import { lineChart } from './line-chart.js';
import type { Model } from './model.js';

/** Elbow and silhouette over the number of clusters, what is suggested and why, and the numbers behind. */
export function createSweep({ data }: Model): HTMLElement {
  const title = element('h2', { attributes: { id: 'sweep-title' } }, 'How many clusters');
  const section = element(
    'section',
    { class: 'block', attributes: { id: 'sweep', 'aria-labelledby': 'sweep-title' } },
    title,
  );
  const { sweep, k } = data;
  if (!sweep || sweep.rows.length === 0) {
    section.append(
      element(
        'p',
        { class: 'tile empty' },
        `This report has ${plural(k, 'cluster')}, and no other number was tried. `,
        element('code', {}, 'soundkin sweep'),
        ' tries a range, draws the elbow and the silhouette here, and suggests a number.',
      ),
    );
    return section;
  }
  const rows = [...sweep.rows].sort((a, b) => a.k - b.k);
  const shared = { chosenK: k, suggestedK: sweep.suggestedK };
  section.append(
    element(
      'p',
      { class: 'lead' },
      element('b', {}, `${k} chosen, ${k === sweep.suggestedK ? 'as suggested' : `${sweep.suggestedK} suggested`}. `),
      sweep.reason,
      sweep.sampled !== undefined && ` Tried on a sample of ${formatCount(sweep.sampled)} sounds.`,
    ),
    element(
      'div',
      { class: 'charts' },
      lineChart({
        ...shared,
        title: 'Elbow (inertia)',
        meaning: 'How far sounds are from their cluster’s centre, squared and summed. It always falls; look for the bend.',
        rows: rows.map((row) => ({ k: row.k, value: row.inertia })),
        format: formatNumber,
      }),
      lineChart({
        ...shared,
        title: 'Silhouette',
        meaning: 'How clearly the clusters are apart. Peaks are good, as long as the sizes stay even.',
        rows: rows.map((row) => ({ k: row.k, value: row.silhouette })),
        format: formatScore,
      }),
    ),
    element(
      'details',
      { class: 'fold' },
      element('summary', {}, 'The numbers'),
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...['k', 'Inertia', 'Silhouette'].map((name) => element('th', { attributes: { scope: 'col' } }, name)),
          ),
        ),
        element(
          'tbody',
          {},
          ...rows.map((row) =>
            element(
              'tr',
              { class: row.k === k ? 'is-chosen' : '' },
              element('td', {}, String(row.k)),
              element('td', {}, formatNumber(row.inertia)),
              element('td', {}, Number.isFinite(row.silhouette) ? row.silhouette.toFixed(3).replace('-', '−') : '–'),
            ),
          ),
        ),
      ),
    ),
  );
  return section;
}
