import { clusterColour, inkOn } from './palette.js';

/** The clusters' colours on this page, in the scheme that the system asks for, as CSS variables and for the canvas. */
export class Theme {
  readonly #query = matchMedia('(prefers-color-scheme: dark)');
  readonly #places: number;
  colours: string[] = [];

  constructor(places: number, onChange: () => void) {
    this.#places = places;
    this.#apply();
    this.#query.addEventListener('change', () => {
      this.#apply();
      onChange();
    });
  }

  get dark(): boolean {
    return this.#query.matches;
  }

  #apply(): void {
    this.colours = Array.from({ length: this.#places }, (_, place) => clusterColour(place, this.dark));
    const style = document.documentElement.style;
    this.colours.forEach((colour, place) => {
      style.setProperty(`--cluster-${place}`, colour);
      style.setProperty(`--on-cluster-${place}`, inkOn(colour));
    });
  }
}

/** Custom properties that give an element, and all within, the colour of a cluster. */
export function clusterCss(place: number): Record<string, string> {
  return { c: `var(--cluster-${place})`, 'c-ink': `var(--on-cluster-${place})` };
}
