import { element } from './element.js';
import { formatDuration, formatScore } from './format.js';
import type { Sound } from './model.js';
import { playButton } from './play-button.js';
import { whyNotPlayable } from './playable.js';
import { clusterCss } from './theme.js';
import { waveform } from './waveform.js';

export interface RowOptions {
  /** Says which cluster each sound is in: for lists across clusters. */
  showCluster: boolean;
  onPlay: (index: number) => void;
}

/** One sound of a list: play, waveform, name, and what is known of it. */
export function soundRow(sound: Sound, { showCluster, onPlay }: RowOptions): HTMLLIElement {
  const problem = whyNotPlayable(sound);
  const details = [sound.folder, sound.format.toUpperCase()].filter(Boolean).join(' · ');
  const play = playButton(sound.name, () => onPlay(sound.index));
  if (problem) play.title = problem;
  return element(
    'li',
    {
      class: problem ? 'row row-silent' : 'row',
      attributes: {
        'data-sound': sound.index,
        title: `${sound.path}\ndistance ${formatScore(sound.distance)}, silhouette ${formatScore(sound.silhouette)}`,
      },
      css: clusterCss(sound.place),
      on: {
        click: (event) => {
          if (!(event.target as Element).closest('button, a') && getSelection()?.toString() === '') onPlay(sound.index);
        },
      },
    },
    play,
    waveform(sound.peaks, 32),
    element(
      'span',
      { class: 'row-text' },
      element('span', { class: 'row-name' }, sound.name),
      element('span', { class: 'row-details' }, details),
    ),
    element(
      'span',
      { class: 'row-tags' },
      showCluster && element('span', { class: 'chip chip-cluster' }, element('i', { class: 'dot' }), String(sound.cluster)),
      sound.label !== null && element('span', { class: 'chip' }, sound.label),
      sound.silhouette < 0 &&
        element(
          'span',
          { class: 'chip chip-quiet', attributes: { title: 'On average nearer to the sounds of another cluster' } },
          'borderline',
        ),
    ),
    element('span', { class: 'row-duration' }, formatDuration(sound.durationSeconds)),
  );
}
