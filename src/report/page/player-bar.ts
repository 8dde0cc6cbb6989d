import { announce } from './announcer.js';
import { element, setCss } from './element.js';
import { formatDuration } from './format.js';
import { copyText } from './hand-over.js';
import { icon, type IconName } from './icons.js';
import type { Sound } from './model.js';
import { playButton } from './play-button.js';
import { localPath, originalUrl } from './playable.js';
import type { Player } from './player.js';
import { clusterCss } from './theme.js';
import { waveform } from './waveform.js';

const SEEK_STEP = 0.05;

/** The bar at the foot of the page: what plays, where it is, and the way on. Hidden until something is played. */
export function createPlayerBar(player: Player): HTMLElement {
  const round = (name: IconName, label: string, act: () => void): HTMLButtonElement =>
    element(
      'button',
      { class: 'tool', attributes: { type: 'button', 'aria-label': label, title: label }, on: { click: act } },
      icon(name),
    );
  const previous = round('previous', 'Previous', () => player.step(-1));
  const next = round('next', 'Next', () => player.step(1));
  const play = playButton('', () => player.toggle());
  const follow = round('queue', 'Play on to the next', () => player.setContinuous(!player.continuous));
  const close = round('close', 'Close the player', () => player.stop());
  close.classList.add('player-close');
  const title = element('strong', { class: 'player-name' });
  const facts = element('span', { class: 'player-facts' });
  const time = element('span', { class: 'player-time' });
  const notice = element('div', { class: 'player-notice', attributes: { role: 'status' } });
  const seek = element('div', {
    class: 'player-seek',
    attributes: { role: 'slider', tabindex: 0, 'aria-label': 'Position', 'aria-valuemin': 0, 'aria-valuemax': 100 },
    on: {
      pointerdown: (event) => {
        seek.setPointerCapture(event.pointerId);
        seekTo(event);
      },
      pointermove: (event) => event.buttons > 0 && seekTo(event),
      keydown: (event) => {
        const by = event.key === 'ArrowRight' ? SEEK_STEP : event.key === 'ArrowLeft' ? -SEEK_STEP : 0;
        if (by === 0) return;
        player.seek(player.progress + by);
        event.preventDefault();
        event.stopPropagation();
      },
    },
  });
  const seekTo = (event: PointerEvent): void => {
    const box = seek.getBoundingClientRect();
    player.seek((event.clientX - box.left) / Math.max(1, box.width));
  };
  const bar = element(
    'section',
    { class: 'player', attributes: { 'aria-label': 'Player', hidden: true } },
    element('div', { class: 'player-buttons' }, previous, play, next),
    element('div', { class: 'player-what' }, title, facts),
    seek,
    notice,
    time,
    element('div', { class: 'player-more' }, follow, createVolume(player), close),
    player.audio,
  );

  let shown: number | null = null;
  player.onChange(() => {
    const { sound } = player;
    bar.hidden = sound === null;
    document.documentElement.classList.toggle('has-player', sound !== null);
    if (!sound) {
      shown = null;
      return;
    }
    bar.classList.toggle('is-playing', player.playing);
    play.setAttribute('aria-label', player.playing ? 'Pause' : 'Play');
    follow.setAttribute('aria-pressed', String(player.continuous));
    previous.disabled = !player.canStep(-1);
    next.disabled = !player.canStep(1);
    notice.hidden = player.notice === null;
    seek.hidden = player.notice !== null;
    if (player.notice !== null) notice.replaceChildren(element('span', {}, player.notice), copyButton(sound));
    const at = player.queue.indexOf(sound.index) + 1;
    facts.replaceChildren(
      element('i', { class: 'dot' }),
      `Cluster ${sound.cluster}${player.queue.length > 1 ? ` · ${at} of ${player.queue.length}` : ''}`,
      ...original(sound),
    );
    if (shown === sound.index) return;
    shown = sound.index;
    setCss(bar, clusterCss(sound.place));
    title.textContent = sound.name;
    title.title = sound.path;
    seek.replaceChildren(waveform(sound.peaks, 80));
    tellSystem(player, sound);
  });
  player.onProgress((progress) => {
    const { currentTime, duration } = player.audio;
    const known = player.notice === null && Number.isFinite(duration);
    const clock = known ? `${formatDuration(currentTime)} / ${formatDuration(duration)}` : '';
    if (time.textContent !== clock) time.textContent = clock;
    seek.setAttribute('aria-valuenow', String(Math.round(progress * 100)));
    seek.setAttribute('aria-valuetext', formatDuration(currentTime));
    // Not by a style attribute: the page's policy lets no markup carry styles.
    if (seek.firstElementChild instanceof HTMLElement) {
      seek.firstElementChild.style.setProperty('--progress', progress.toFixed(4));
    }
  });
  return bar;
}

/** A way to the whole file where only a part of it is in the page. */
function original(sound: Sound): Node[] {
  const href = originalUrl(sound);
  if (!sound.preview || href === null) return [];
  return [
    document.createTextNode(' · '),
    element(
      'a',
      { attributes: { href, target: '_blank', rel: 'noopener', title: localPath(sound) } },
      'original',
      icon('external'),
    ),
  ];
}

function copyButton(sound: Sound): HTMLButtonElement {
  return element(
    'button',
    {
      class: 'button button-small',
      attributes: { type: 'button' },
      on: {
        click: () =>
          void copyText(localPath(sound)).then((done) =>
            announce(done ? 'Path copied.' : 'The browser did not allow copying.'),
          ),
      },
    },
    icon('copy'),
    'Copy path',
  );
}

function createVolume(player: Player): HTMLElement {
  const input = element('input', {
    attributes: { type: 'range', min: 0, max: 1, step: 0.02, value: 1, 'aria-label': 'Volume' },
    on: { input: () => void (player.audio.volume = Number(input.value) ** 2) },
  });
  return element('label', { class: 'volume' }, icon('volume'), input);
}

/** The lock screen and media keys, where the system has them. */
function tellSystem(player: Player, sound: Sound): void {
  if (!('mediaSession' in navigator) || typeof MediaMetadata === 'undefined') return;
  navigator.mediaSession.metadata = new MediaMetadata({
    title: sound.name,
    artist: `Cluster ${sound.cluster}`,
    album: document.title,
  });
  navigator.mediaSession.setActionHandler('nexttrack', () => player.step(1));
  navigator.mediaSession.setActionHandler('previoustrack', () => player.step(-1));
}
