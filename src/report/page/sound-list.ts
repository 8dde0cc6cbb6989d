import { announce } from './announcer.js';
import { clusterFacts, labelChips, toggleOrPlay } from './cluster-card.js';
import { element } from './element.js';
import { formatCount, formatLength, plural } from './format.js';
import { copyText, saveText } from './hand-over.js';
import { icon, type IconName } from './icons.js';
import type { Cluster, Model, Sort, Sound } from './model.js';
import { localPath } from './playable.js';
import type { Player } from './player.js';
import { createPlaylist } from './playlist.js';
import { soundRow } from './sound-row.js';
import { clusterCss } from './theme.js';
import type { ViewState } from './view-state.js';

/** Rows shown at first, and with each "show more". */
const PAGE = 50;
const SORTS: [Sort, string, string][] = [
  ['typical', 'Typical', 'Most typical first'],
  ['odd', 'Odd', 'Least typical first'],
  ['name', 'Name', 'By name'],
  ['duration', 'Length', 'Shortest first'],
];

/** The sounds of one cluster, or of all that match the filter, in the order that was asked for, a page at a time. */
export function soundList(
  model: Model,
  player: Player,
  state: ViewState,
  cluster: Cluster | null,
  indices: readonly number[],
): HTMLElement {
  const { sort, query } = state.current;
  const sounds = indices.map((index) => model.sounds[index]).filter((sound): sound is Sound => sound !== undefined);
  const rows = element('ol', { class: 'rows', attributes: { 'aria-label': 'Sounds' } });
  const more = element('button', { class: 'button more', attributes: { type: 'button' } });
  const fill = (): void => {
    const shown = rows.childElementCount;
    const onPlay = (index: number): void => toggleOrPlay(player, index, indices);
    rows.append(...sounds.slice(shown, shown + PAGE).map((sound) => soundRow(sound, { showCluster: !cluster, onPlay })));
    const left = sounds.length - rows.childElementCount;
    more.hidden = left === 0;
    more.textContent = `Show ${formatCount(Math.min(PAGE, left))} more of ${formatCount(left)}`;
  };
  more.addEventListener('click', () => {
    const next = rows.childElementCount;
    fill();
    rows.children[next]?.querySelector('button')?.focus({ preventScroll: true });
  });
  fill();

  const title = cluster ? `Cluster ${cluster.id}` : 'Matching sounds';
  return element(
    'section',
    { class: 'list', css: cluster ? clusterCss(cluster.place) : {}, attributes: { 'aria-label': title } },
    element(
      'div',
      { class: 'list-head' },
      cluster && element('span', { class: 'badge badge-large', attributes: { 'aria-hidden': 'true' } }, String(cluster.id)),
      element(
        'div',
        { class: 'list-title' },
        element('h2', { attributes: { tabindex: -1 } }, title),
        element('p', { class: 'card-facts' }, facts(cluster, sounds, query)),
      ),
      element(
        'button',
        {
          class: 'button button-quiet button-small',
          attributes: { type: 'button' },
          on: { click: () => state.update({ cluster: null, query: '' }) },
        },
        icon('back'),
        'All clusters',
      ),
    ),
    cluster && labelChips(cluster, 12),
    actions(title, sounds, () => player.playAll(indices)),
    sounds.length > 1 && sortControl(sort, (next) => state.update({ sort: next })),
    sounds.length === 0
      ? element('p', { class: 'empty' }, query ? `No sound here matches “${query}”.` : 'No sounds here.')
      : rows,
    more,
  );
}

function facts(cluster: Cluster | null, sounds: readonly Sound[], query: string): string {
  const length = formatLength(sounds.reduce((sum, { durationSeconds: s }) => sum + (Number.isFinite(s) ? s : 0), 0));
  if (!cluster) return `${plural(sounds.length, 'sound')} with “${query}” · ${length}`;
  return query
    ? `${formatCount(sounds.length)} of ${plural(cluster.members.length, 'sound')} with “${query}”`
    : `${clusterFacts(cluster)} · ${sounds.length < cluster.size ? `${formatCount(sounds.length)} of them here` : length}`;
}

function actions(title: string, sounds: readonly Sound[], playAll: () => void): HTMLElement {
  const none = sounds.length === 0;
  const button = (name: IconName, label: string, act: () => void, primary = false): HTMLButtonElement =>
    element(
      'button',
      {
        class: primary ? 'button button-primary' : 'button',
        attributes: { type: 'button', disabled: none },
        on: { click: act },
      },
      icon(name),
      label,
    );
  return element(
    'div',
    { class: 'actions' },
    button('play', 'Play all', playAll, true),
    button('copy', 'Copy paths', () => {
      void copyText(sounds.map((sound) => localPath(sound)).join('\n')).then((done) =>
        announce(done ? `${plural(sounds.length, 'path')} copied.` : 'The browser did not allow copying.'),
      );
    }),
    button('download', 'Save m3u8', () => {
      saveText(`${title.toLowerCase().replace(/\s+/g, '-')}.m3u8`, createPlaylist(title, sounds), 'audio/x-mpegurl');
      announce(`A playlist of ${plural(sounds.length, 'sound')} is on its way to your downloads.`);
    }),
  );
}

function sortControl(current: Sort, choose: (sort: Sort) => void): HTMLElement {
  return element(
    'div',
    { class: 'segments', attributes: { role: 'group', 'aria-label': 'Sort' } },
    ...SORTS.map(([sort, label, title]) =>
      element(
        'button',
        {
          attributes: { type: 'button', title, 'aria-pressed': String(sort === current), 'data-sort': sort },
          on: { click: () => choose(sort) },
        },
        label,
      ),
    ),
  );
}
