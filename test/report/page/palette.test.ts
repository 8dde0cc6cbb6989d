import { describe, expect, it } from 'vitest';
import { clusterColour, DARK_COLOURS, inkOn, LIGHT_COLOURS } from '../../../src/report/page/palette.js';

/** How colours look with normal, protan, deutan and tritan sight: Machado, Oliveira & Fernandes 2009, severity 1. */
const SIGHTS = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
];

function linear(colour: string): number[] {
  return [1, 3, 5].map((at) => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
}

function oklab([r = 0, g = 0, b = 0]: number[]): number[] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The least difference of any two colours, for whoever sees it least. */
function leastDifference(colours: readonly string[]): number {
  let least = Infinity;
  for (const sight of SIGHTS) {
    const seen = colours.map((colour) => {
      const rgb = linear(colour);
      const row = (at: number): number => {
        const value = rgb.reduce((sum, v, i) => sum + v * (sight[at + i] ?? 0), 0);
        return Math.min(1, Math.max(0, value));
      };
      return oklab([row(0), row(3), row(6)]);
    });
    seen.forEach((a, i) => {
      for (const b of seen.slice(0, i)) least = Math.min(least, Math.hypot(...a.map((v, c) => v - (b[c] ?? 0))));
    });
  }
  return least;
}

describe('the cluster colours', () => {
  it('are told apart by everyone, on a light and on a dark page', () => {
    expect(leastDifference(LIGHT_COLOURS)).toBeGreaterThan(0.1);
    expect(leastDifference(DARK_COLOURS)).toBeGreaterThan(0.09);
  });

  it('by a measure that finds the usual ten wanting', () => {
    const tableau = '#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf'.split(' ');
    expect(leastDifference(tableau)).toBeLessThan(0.05);
  });

  it('go on after the tenth without repeating', () => {
    for (const dark of [false, true]) {
      const colours = Array.from({ length: 60 }, (_, place) => clusterColour(place, dark));
      expect(colours.every((colour) => /^#[0-9a-f]{6}$/.test(colour))).toBe(true);
      expect(new Set(colours).size).toBe(60);
    }
  });

  it('carry text that reads', () => {
    const luminance = (colour: string): number => {
      const [r = 0, g = 0, b = 0] = linear(colour);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const colour of [...LIGHT_COLOURS, ...DARK_COLOURS]) {
      const [low, high] = [luminance(colour), luminance(inkOn(colour))].sort((a, b) => a - b);
      expect(((high ?? 0) + 0.05) / ((low ?? 0) + 0.05), colour).toBeGreaterThan(4);
    }
  });
});
