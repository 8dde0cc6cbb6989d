/**
 * Ten colours told apart by everyone: chosen by annealing so that the least difference of any two, in OKLab and under
 * normal, protan, deutan and tritan sight (Machado et al. 2009), is as large as it gets near ten even hues. The first
 * few of the list are the farthest apart. The same hues for a light and a dark page.
 */
export const LIGHT_COLOURS: readonly string[] = [
  '#3f34b1', '#f2b708', '#bf3123', '#7cdfaa', '#1cab90', '#c7acfd', '#763158', '#9271f3', '#1b77a3', '#ec7328',
];
export const DARK_COLOURS: readonly string[] = [
  '#846ae2', '#f4e53c', '#d77d41', '#04c4aa', '#67fbbc', '#bdbdf8', '#d2476b', '#c786fe', '#3394b0', '#faad42',
];

function fromOklch(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const bytes = linear.map((value) => {
    const v = Math.min(1, Math.max(0, value));
    return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
  });
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The colour of the cluster at a place of the list. From the eleventh on, hues a golden angle apart in three
 * lightnesses: with so many, colour alone no longer tells clusters apart, and the numbers in the picture do.
 */
export function clusterColour(place: number, dark: boolean): string {
  const fixed = (dark ? DARK_COLOURS : LIGHT_COLOURS)[place];
  if (fixed) return fixed;
  const hue = (place * 137.508) % 360;
  const step = (place % 3) * 0.1;
  return dark ? fromOklch(0.68 + step, 0.12, hue) : fromOklch(0.5 + step, 0.13, hue);
}

/** Black or white, whichever reads better on a colour (WCAG's relative luminance). */
export function inkOn(colour: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2 ? '#16151c' : '#ffffff';
}
