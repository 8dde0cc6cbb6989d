import { element } from './element.js';
import { formatCount, formatLength, formatNumber, plural } from './format.js';
import { formatDate } from './header.js';
import type { Model } from './model.js';

/** The files that could not be used, folded away; nothing where there are none. */
export function createFailed({ data }: Model): HTMLElement | null {
  if (data.failed.length === 0) return null;
  const more = data.totals.failed - data.failed.length;
  return element(
    'section',
    { class: 'block', attributes: { id: 'failed', 'aria-label': 'Files that were not read' } },
    element(
      'details',
      { class: 'fold' },
      element('summary', {}, `${plural(Math.max(data.totals.failed, data.failed.length), 'file')} could not be read`),
      element(
        'ul',
        { class: 'failed' },
        ...data.failed.map(({ path, code, message }) =>
          element('li', {}, element('b', {}, path), element('span', {}, message), element('code', {}, code)),
        ),
        more > 0 && element('li', {}, element('span', {}, `and ${formatCount(more)} more, which `), element('code', {}, 'soundkin errors'), element('span', {}, ' lists')),
      ),
    ),
  );
}

/** How the report came to be, so that it can be made again. */
export function createAbout({ data }: Model): HTMLElement {
  const facts: [string, string][] = [
    ['Recipe', data.recipe],
    ['Clusters (k)', formatCount(data.k)],
    ['Seed', String(data.seed)],
    ['Inertia', formatNumber(data.inertia)],
    ['Sounds', formatCount(data.totals.sounds)],
    ['Not read', formatCount(data.totals.failed)],
    ['Audio', formatLength(data.totals.audioSeconds)],
    ['Written', formatDate(data.createdAt)],
    ['Soundkin', data.soundkinVersion],
  ];
  const keys: [string, string][] = [
    ['Space', 'play and pause'],
    ['P', 'previous'],
    ['N', 'next'],
    ['/', 'filter'],
    ['Esc', 'back to all clusters'],
  ];
  return element(
    'section',
    { class: 'block', attributes: { id: 'about', 'aria-labelledby': 'about-title' } },
    element('h2', { attributes: { id: 'about-title' } }, 'About this report'),
    element(
      'dl',
      { class: 'facts' },
      ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
    ),
    element(
      'p',
      { class: 'keys' },
      ...keys.map(([key, does]) => element('span', {}, element('kbd', {}, key), does)),
    ),
  );
}
