import { announce } from './announcer.js';
import { element, setCss } from './element.js';
import { formatDuration, plural } from './format.js';
import { icon, type IconName } from './icons.js';
import { drawMap, dotRadius } from './map-canvas.js';
import { MapFrame, type Places } from './map-frame.js';
import { listenToGestures } from './map-gestures.js';
import { createMatcher, type Cluster, type Model } from './model.js';
import { nearestPoint, nextPoint } from './nearest.js';
import type { Player } from './player.js';
import { clusterCss, type Theme } from './theme.js';
import type { ViewState } from './view-state.js';
import { waveform } from './waveform.js';

/** With more clusters than this their numbers would hide the points. */
const MOST_NUMBERS = 40;
const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The picture: a canvas of points, and over it the cluster numbers, two rings and a card for the point in hand. */
export class SoundMap {
  readonly root: HTMLElement;
  readonly #model: Model;
  readonly #player: Player;
  readonly #state: ViewState;
  readonly #theme: Theme;
  readonly #places: Places;
  readonly #colourOf: Uint16Array;
  readonly #lit: Uint8Array;
  readonly #frame: MapFrame;
  readonly #canvas = element('canvas', { class: 'map-canvas', attributes: { 'aria-hidden': 'true' } });
  readonly #ring = element('span', { class: 'map-ring', attributes: { hidden: true } });
  readonly #pulse = element('span', { class: 'map-ring map-pulse', attributes: { hidden: true } });
  readonly #card = element('div', { class: 'map-card', attributes: { hidden: true } });
  readonly #numbers: { node: HTMLButtonElement; x: number; y: number; cluster: Cluster }[];
  readonly #surface: HTMLElement;
  /** The point in hand: under the mouse, tapped, or reached by keys. */
  #hand = -1;
  #listen = false;
  #queued = false;

  constructor(model: Model, player: Player, state: ViewState, theme: Theme) {
    this.#model = model;
    this.#player = player;
    this.#state = state;
    this.#theme = theme;
    const { sounds } = model;
    const place = (value: number): number => (Number.isFinite(value) ? value : 0);
    this.#places = {
      x: Float64Array.from(sounds, (sound) => place(sound.x)),
      y: Float64Array.from(sounds, (sound) => place(sound.y)),
    };
    this.#colourOf = Uint16Array.from(sounds, (sound) => sound.place);
    this.#lit = new Uint8Array(sounds.length).fill(1);
    this.#frame = new MapFrame(this.#places);
    this.#numbers = model.clusters.length > MOST_NUMBERS ? [] : model.clusters.map((cluster) => this.#number(cluster));
    this.#surface = element(
      'div',
      {
        class: 'map-surface',
        attributes: {
          tabindex: 0,
          role: 'application',
          'aria-roledescription': 'map of sounds',
          'aria-label':
            `Map of ${plural(sounds.length, 'sound')}, coloured by cluster. Arrow keys go from sound to sound, ` +
            'Enter plays, plus and minus zoom, 0 shows all.',
        },
        on: { keydown: (event) => this.#key(event), blur: () => this.#take(-1) },
      },
      this.#canvas,
      this.#pulse,
      this.#ring,
      ...this.#numbers.map(({ node }) => node),
      this.#card,
    );
    const touch = matchMedia('(hover: none)').matches;
    const invitation = touch ? 'Tap a dot to hear it' : 'Click a dot to hear it, scroll to zoom';
    const hint = element('p', { class: 'map-hint' }, sounds.length > 0 ? invitation : 'No sounds to show');
    this.root = element('div', { class: 'map' }, this.#surface, this.#tools(), hint);
    listenToGestures(this.#surface, this.#frame, {
      moved: () => this.redraw(),
      tap: (x, y, touch) => this.#tap(x, y, touch),
      hover: (at) => this.#hover(at),
    });
    state.subscribe(() => this.#light());
    player.onChange(() => {
      hint.hidden = true;
      this.#overlay();
    });
    new ResizeObserver(() => {
      this.#frame.resize(this.#surface.clientWidth, this.#surface.clientHeight);
      this.redraw();
    }).observe(this.#surface);
  }

  /** Draws on the next frame, once however often it is asked for. */
  redraw(): void {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      const colours = this.#theme.colours;
      const drawn = drawMap(this.#canvas, this.#frame, {
        places: this.#places,
        colourOf: this.#colourOf,
        colours,
        lit: this.#lit,
        dark: this.#theme.dark,
      });
      this.#canvas.dataset['points'] = String(drawn);
      this.#overlay();
    });
  }

  #number(cluster: Cluster): { node: HTMLButtonElement; x: number; y: number; cluster: Cluster } {
    const middle = (of: Float64Array): number => {
      const values = cluster.members.map((index) => of[index] ?? 0).sort((a, b) => a - b);
      return values[values.length >> 1] ?? 0;
    };
    const single = this.#model.clusters.length === 1;
    const node = element(
      'button',
      {
        class: 'map-number',
        // The list and the legend open clusters for the keyboard and for screen readers.
        attributes: { type: 'button', tabindex: -1, 'aria-hidden': 'true', hidden: cluster.members.length === 0 || single },
        css: clusterCss(cluster.place),
        on: {
          pointerdown: (event) => event.stopPropagation(),
          pointerenter: () => this.#state.update({ highlight: cluster.id }),
          pointerleave: () => this.#state.update({ highlight: null }),
          click: () => this.#state.update({ cluster: cluster.id, highlight: null }),
        },
      },
      String(cluster.id),
    );
    return { node, x: middle(this.#places.x), y: middle(this.#places.y), cluster };
  }

  #tools(): HTMLElement {
    const tool = (name: IconName, label: string, act: () => void): HTMLButtonElement =>
      element(
        'button',
        { class: 'tool', attributes: { type: 'button', 'aria-label': label, title: label }, on: { click: act } },
        icon(name),
      );
    const listen = tool('hover', 'Play what the pointer passes over', () => {
      this.#listen = !this.#listen;
      listen.setAttribute('aria-pressed', String(this.#listen));
      announce(this.#listen ? 'Sounds play as the pointer passes over them.' : 'Sounds play when you click them.');
    });
    listen.classList.add('tool-hover');
    listen.setAttribute('aria-pressed', 'false');
    return element(
      'div',
      { class: 'map-tools', attributes: { role: 'group', 'aria-label': 'Map' } },
      listen,
      tool('plus', 'Zoom in', () => this.#zoom(1.6)),
      tool('minus', 'Zoom out', () => this.#zoom(1 / 1.6)),
      tool('fit', 'Show all', () => {
        this.#frame.reset();
        this.#zoomed();
      }),
    );
  }

  #zoom(factor: number): void {
    this.#frame.zoomAt(factor, this.#frame.width / 2, this.#frame.height / 2);
    this.#zoomed();
  }

  #zoomed(): void {
    this.#surface.style.touchAction = this.#frame.zoom > 1.01 ? 'none' : 'pan-y';
    this.redraw();
  }

  /** Lights what is highlighted, or else what is open and matches the filter. */
  #light(): void {
    const { cluster, highlight, query } = this.#state.current;
    const matches = createMatcher(query);
    for (const sound of this.#model.sounds) {
      const here = highlight === null ? cluster === null || sound.cluster === cluster : sound.cluster === highlight;
      this.#lit[sound.index] = here && (highlight !== null || matches(sound)) ? 1 : 0;
    }
    for (const { node, cluster: own } of this.#numbers) {
      node.classList.toggle('map-number-faded', (highlight ?? cluster ?? own.id) !== own.id);
    }
    this.redraw();
  }

  #nearest(x: number, y: number, reach: number): number {
    const lit = nearestPoint(this.#places, this.#frame, x, y, reach, (index) => this.#lit[index] === 1);
    return lit >= 0 ? lit : nearestPoint(this.#places, this.#frame, x, y, reach, () => true);
  }

  #play(index: number): void {
    const cluster = this.#model.clusterById.get(this.#model.sounds[index]?.cluster ?? -1);
    this.#player.play(index, cluster?.members ?? [index]);
  }

  #tap(x: number, y: number, touch: boolean): void {
    const index = this.#nearest(x, y, touch ? 26 : 16);
    this.#take(index);
    if (index >= 0) this.#play(index);
  }

  #hover(at: { x: number; y: number } | null): void {
    const index = at ? this.#nearest(at.x, at.y, 16) : -1;
    this.#surface.classList.toggle('map-over', index >= 0);
    if (index === this.#hand) return;
    this.#take(index);
    if (this.#listen && index >= 0) this.#play(index);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.#surface) return;
    const direction = DIRECTIONS[event.key];
    if (direction) {
      const from = this.#hand >= 0 ? this.#hand : (this.#player.current ?? -1);
      const isLit = (index: number): boolean => this.#lit[index] === 1;
      const next =
        from >= 0
          ? nextPoint(this.#places, this.#frame, from, direction, isLit)
          : this.#nearest(this.#frame.width / 2, this.#frame.height / 2, Infinity);
      if (next >= 0) {
        this.#frame.reveal(this.#places.x[next] ?? 0, this.#places.y[next] ?? 0);
        this.#take(next);
        this.redraw();
        const sound = this.#model.sounds[next];
        if (sound) announce(`${sound.name}, cluster ${sound.cluster}`);
      }
    } else if (event.key === 'Enter' && this.#hand >= 0) this.#play(this.#hand);
    else if (event.key === '+' || event.key === '=') this.#zoom(1.4);
    else if (event.key === '-') this.#zoom(1 / 1.4);
    else if (event.key === '0') this.#frame.reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#zoomed();
  }

  /** Takes a point in hand: a ring around it and a card beside it. */
  #take(index: number): void {
    this.#hand = index;
    const sound = this.#model.sounds[index];
    this.#card.replaceChildren();
    if (sound) {
      const facts = [`Cluster ${sound.cluster}`, formatDuration(sound.durationSeconds), sound.label].filter(Boolean);
      setCss(this.#card, clusterCss(sound.place));
      this.#card.append(
        element('strong', {}, sound.name),
        element('span', { class: 'map-card-facts' }, element('i', { class: 'dot' }), facts.join(' · ')),
      );
      if (sound.peaks) this.#card.append(waveform(sound.peaks, 48));
    }
    this.#overlay();
  }

  /** Puts numbers, rings and card where their points are now. */
  #overlay(): void {
    const frame = this.#frame;
    const at = (node: HTMLElement, x: number, y: number): void => {
      node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    };
    for (const { node, x, y } of this.#numbers) at(node, frame.toScreenX(x), frame.toScreenY(y));
    const radius = dotRadius(this.#places.x.length, frame);
    this.#surface.style.setProperty('--dot', `${radius.toFixed(1)}px`);
    for (const [node, index] of [[this.#ring, this.#hand], [this.#pulse, this.#player.current ?? -1]] as const) {
      const sound = this.#model.sounds[index];
      node.hidden = !sound;
      if (!sound) continue;
      setCss(node, clusterCss(sound.place));
      at(node, frame.toScreenX(this.#places.x[index] ?? 0), frame.toScreenY(this.#places.y[index] ?? 0));
    }
    this.#pulse.classList.toggle('map-pulse-still', !this.#player.playing);
    this.#card.hidden = this.#hand < 0;
    if (this.#hand < 0) return;
    const x = frame.toScreenX(this.#places.x[this.#hand] ?? 0);
    const y = frame.toScreenY(this.#places.y[this.#hand] ?? 0);
    const { offsetWidth, offsetHeight } = this.#card;
    const above = y - offsetHeight - radius - 12;
    const left = Math.min(frame.width - offsetWidth - 8, Math.max(8, x - offsetWidth / 2));
    at(this.#card, Math.max(left, 4), above > 4 ? above : y + radius + 12);
  }
}
