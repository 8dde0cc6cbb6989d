import type { Model, Sound } from './model.js';
import { originalUrl, whyNotPlayable } from './playable.js';
import { previewUrl } from './preview-url.js';

/** The one player of the page: a queue, and an audio element that plays previews or, where there is none, originals. */
export class Player {
  readonly audio = document.createElement('audio');
  readonly #model: Model;
  readonly #listeners = new Set<() => void>();
  readonly #progressListeners = new Set<(progress: number) => void>();
  #blob: string | null = null;
  #frame = 0;
  queue: number[] = [];
  current: number | null = null;
  /** Goes on to the next of the queue when a sound ends. */
  continuous = false;
  /** Why the current sound is not heard. */
  notice: string | null = null;

  constructor(model: Model) {
    this.#model = model;
    this.audio.preload = 'auto';
    for (const type of ['play', 'pause', 'durationchange'] as const) {
      this.audio.addEventListener(type, () => this.#changed());
    }
    this.audio.addEventListener('ended', () => (this.continuous ? this.step(1) : this.#changed()));
    this.audio.addEventListener('error', () => {
      if (this.current === null || !this.audio.hasAttribute('src')) return;
      this.#fail('This file could not be opened. It may have moved since the report was written.');
    });
    this.audio.addEventListener('timeupdate', () => this.#tick());
  }

  get playing(): boolean {
    return this.current !== null && this.notice === null && !this.audio.paused && !this.audio.ended;
  }

  /** 0 to 1. */
  get progress(): number {
    const { currentTime, duration } = this.audio;
    return Number.isFinite(duration) && duration > 0 ? Math.min(1, currentTime / duration) : 0;
  }

  get sound(): Sound | null {
    return this.current === null ? null : (this.#model.sounds[this.current] ?? null);
  }

  /** Called when another sound, play or pause, or a notice comes. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Called on every frame while a sound plays. */
  onProgress(listener: (progress: number) => void): void {
    this.#progressListeners.add(listener);
  }

  /** Plays one sound; `queue` is what next and previous go through. */
  play(index: number, queue: readonly number[] = [index]): void {
    const within = this.continuous && this.queue.includes(index);
    if (!within) {
      this.continuous = false;
      this.queue = queue.includes(index) ? [...queue] : [index];
    }
    this.#start(index);
  }

  playAll(queue: readonly number[]): void {
    const first = queue[0];
    if (first === undefined) return;
    this.queue = [...queue];
    this.continuous = true;
    this.#start(first);
  }

  toggle(): void {
    if (this.current === null) return;
    if (this.notice !== null) this.#start(this.current);
    else if (this.audio.paused || this.audio.ended) void this.#resume();
    else this.audio.pause();
  }

  /** The next (1) or previous (-1) sound of the queue; the end of the queue is the end. */
  step(by: 1 | -1): void {
    const next = this.queue[this.queue.indexOf(this.current ?? -1) + by];
    if (next === undefined) this.#changed();
    else this.#start(next);
  }

  canStep(by: 1 | -1): boolean {
    return this.queue[this.queue.indexOf(this.current ?? -1) + by] !== undefined;
  }

  /** @param fraction 0 to 1. */
  seek(fraction: number): void {
    const { duration } = this.audio;
    if (!Number.isFinite(duration)) return;
    this.audio.currentTime = Math.min(1, Math.max(0, fraction)) * duration;
    this.#tick();
  }

  setContinuous(continuous: boolean): void {
    this.continuous = continuous;
    this.#changed();
  }

  stop(): void {
    this.audio.pause();
    this.current = null;
    this.#changed();
  }

  #start(index: number): void {
    const sound = this.#model.sounds[index];
    if (!sound) return;
    this.current = index;
    this.notice = null;
    if (this.#blob) URL.revokeObjectURL(this.#blob);
    this.#blob = null;
    let problem = whyNotPlayable(sound);
    try {
      if (sound.preview) this.#blob = previewUrl(sound.preview);
    } catch {
      problem = 'The preview of this sound is damaged.';
    }
    if (problem) {
      this.audio.pause();
      this.audio.removeAttribute('src');
      this.#fail(problem);
      return;
    }
    this.audio.src = this.#blob ?? originalUrl(sound) ?? '';
    this.#changed();
    void this.#resume();
  }

  async #resume(): Promise<void> {
    try {
      await this.audio.play();
    } catch (error) {
      // An AbortError is another sound taking over; what cannot be opened comes as an error event of its own.
      if ((error as DOMException).name === 'NotAllowedError') this.#changed();
    }
  }

  /** A cluster that is played through goes on past what cannot be heard, unless that is its last. */
  #fail(problem: string): void {
    this.notice = problem;
    this.#changed();
    const failed = this.current;
    if (!this.continuous || !this.canStep(1)) return;
    window.setTimeout(() => {
      if (this.continuous && this.current === failed && this.notice === problem) this.step(1);
    }, 900);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
    this.#tick();
  }

  #tick(): void {
    for (const listener of this.#progressListeners) listener(this.progress);
    cancelAnimationFrame(this.#frame);
    if (this.playing) this.#frame = requestAnimationFrame(() => this.#tick());
  }
}
