import { SOUNDKIN_MARK } from '../mark.js';
import { element } from './element.js';
import { formatLength, plural } from './format.js';
import { icon } from './icons.js';
import type { Model } from './model.js';

/** The product's mark, from the same text as the page's icon. */
function mark(): Node {
  const parsed = new DOMParser().parseFromString(SOUNDKIN_MARK, 'image/svg+xml').documentElement;
  parsed.setAttribute('class', 'mark');
  parsed.setAttribute('aria-hidden', 'true');
  return document.importNode(parsed, true);
}

export function formatDate(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** Whose report this is, in one line of facts, with the ways to the parts below. */
export function createHeader({ data }: Model): HTMLElement {
  const facts = [
    plural(data.totals.sounds, 'sound'),
    plural(data.clusters.length, 'cluster'),
    `${formatLength(data.totals.audioSeconds)} of audio`,
  ];
  const links: [string, string][] = [
    ['#scores', 'Scores'],
    ['#sweep', 'Charts'],
    ['#about', 'About'],
  ];
  if (data.failed.length > 0) links.splice(2, 0, ['#failed', 'Not read']);
  return element(
    'header',
    { class: 'header' },
    element('span', { class: 'brand' }, mark(), 'Soundkin'),
    element('div', { class: 'header-title' }, element('h1', {}, data.title), element('p', {}, facts.join(' · '))),
    element(
      'nav',
      { attributes: { 'aria-label': 'Parts of the report' } },
      ...links.map(([href, text]) => element('a', { attributes: { href } }, text)),
    ),
  );
}

/** What to know before trusting the picture; nothing where there is nothing. */
export function createWarnings(warnings: readonly string[]): HTMLElement | null {
  if (warnings.length === 0) return null;
  return element(
    'aside',
    { class: 'warnings', attributes: { 'aria-label': 'Please note' } },
    icon('warning'),
    element('ul', {}, ...warnings.map((warning) => element('li', {}, warning))),
  );
}
