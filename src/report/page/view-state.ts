import type { Sort } from './model.js';

export interface View {
  /** Id of the cluster that is open, or null for the overview. */
  cluster: number | null;
  query: string;
  sort: Sort;
  /** Id of the cluster under the pointer in a list or legend. */
  highlight: number | null;
}

/** What the person looks at. Every part of the page listens here and none talks to another. */
export class ViewState {
  #view: View = { cluster: null, query: '', sort: 'typical', highlight: null };
  readonly #listeners = new Set<(view: View, before: View) => void>();

  get current(): View {
    return this.#view;
  }

  subscribe(listener: (view: View, before: View) => void): void {
    this.#listeners.add(listener);
  }

  update(change: Partial<View>): void {
    const before = this.#view;
    const next = { ...before, ...change };
    if ((Object.keys(next) as (keyof View)[]).every((key) => next[key] === before[key])) return;
    this.#view = next;
    for (const listener of this.#listeners) listener(next, before);
  }
}
