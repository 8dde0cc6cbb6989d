import type { Random } from '../random.js';
import type { FuzzyGraph } from './fuzzy-graph.js';
import { createPower } from './power-table.js';

/** 1 / (1 + A d^2B) is near 1 up to a distance of 0.1 and falls as e^-d beyond: UMAP's curve for minDist 0.1 and spread 1, as umap-js fits it. */
const A = 1.5694704762346365;
export const B = 0.8941996053733949;
/** Points drawn to repel for each neighbour that attracts. */
const NEGATIVE_SAMPLES = 5;
const LONGEST_STEP = 4;

const TO_UNIT = 2 ** -32;

/** Where a stream of draws begins. */
export function firstState(random: Random): number {
  return 1 + random.integer(0x7fffffff);
}

/** Integers from 0 to n - 1, so many that the library's own generator would take most of the time. Marsaglia 2003, xorshift32. */
function createDraw(random: Random): (n: number) => number {
  let state = firstState(random);
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor((state >>> 0) * TO_UNIT * n);
  };
}

/** Which edges attract, and when. */
export interface EdgeSchedule {
  /** Places in the picture's numbers. */
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  /** Epochs between two times that an edge attracts, and the next of them. */
  readonly period: Float64Array;
  readonly due: Float64Array;
  readonly negativePeriod: Float64Array;
  readonly negativeDue: Float64Array;
}

/** What would not come once in all epochs is left out. */
export function scheduleEdges(graph: FuzzyGraph, nEpochs: number): EdgeSchedule {
  const { rows, columns, weights } = graph;
  let strongest = 0;
  for (let edge = 0; edge < weights.length; edge++) strongest = Math.max(strongest, weights[edge]!);
  const least = strongest / nEpochs;
  let nKept = 0;
  for (let edge = 0; edge < weights.length; edge++) if (weights[edge]! >= least) nKept++;
  const heads = new Int32Array(nKept);
  const tails = new Int32Array(nKept);
  const period = new Float64Array(nKept);
  for (let edge = 0, kept = 0; edge < weights.length; edge++) {
    if (weights[edge]! < least) continue;
    heads[kept] = 2 * columns[edge]!;
    tails[kept] = 2 * rows[edge]!;
    period[kept++] = nEpochs / ((weights[edge]! / strongest) * nEpochs);
  }
  const negativePeriod = period.map((epochs) => epochs / NEGATIVE_SAMPLES);
  return { heads, tails, period, due: period.slice(), negativePeriod, negativeDue: negativePeriod.slice() };
}

/** How far a step goes in an epoch, 1 to 0. */
export function rateOf(epoch: number, nEpochs: number): number {
  return 1 - Math.max(0, epoch - 1) / nEpochs;
}

/** Runs one epoch after the other; the next one each time it is called. */
export type Epoch = () => void;

/** A number within -4 to 4. */
function clip(step: number): number {
  return step > LONGEST_STEP ? LONGEST_STEP : step < -LONGEST_STEP ? -LONGEST_STEP : step;
}

/**
 * UMAP's picture by stochastic gradient descent: points that belong together attract one another, the oftener the more they do, and each time the one of them is
 * repelled by five points drawn at random. Steps become shorter to the end.
 *
 * @param picture [n * 2], first positions; changed in place.
 * @param draw    integers from 0 to n - 1, from `random` unless given.
 * @see McInnes, Healy & Melville 2018, algorithm 5; the order of steps and draws is umap-js'
 */
export function attractAndRepel(picture: Float64Array, graph: FuzzyGraph, nEpochs: number, random: Random, draw = createDraw(random)): Epoch {
  const n = picture.length / 2;
  const power = createPower(B);
  const { heads, tails, period, due, negativePeriod, negativeDue } = scheduleEdges(graph, nEpochs);
  let epoch = 0;

  return () => {
    const rate = rateOf(epoch, nEpochs);
    for (let edge = 0; edge < heads.length; edge++) {
      if (due[edge]! > epoch) continue;
      const head = heads[edge]!;
      const tail = tails[edge]!;
      let x = picture[head]!;
      let y = picture[head + 1]!;
      let dx = x - picture[tail]!;
      let dy = y - picture[tail + 1]!;
      let square = dx * dx + dy * dy;
      if (square > 0) {
        const near = A * power(square);
        const pull = (-2 * B * near) / (square * (near + 1));
        const stepX = clip(pull * dx) * rate;
        const stepY = clip(pull * dy) * rate;
        x += stepX;
        y += stepY;
        picture[tail]! -= stepX;
        picture[tail + 1]! -= stepY;
        // Its own partner may be drawn below.
        picture[head] = x;
        picture[head + 1] = y;
      }
      due[edge]! += period[edge]!;
      const draws = Math.floor((epoch - negativeDue[edge]!) / negativePeriod[edge]!);
      for (let drawn = 0; drawn < draws; drawn++) {
        const other = 2 * draw(n);
        if (other === head) continue;
        dx = x - picture[other]!;
        dy = y - picture[other + 1]!;
        square = dx * dx + dy * dy;
        if (square > 0) {
          const push = (2 * B) / ((0.001 + square) * (A * power(square) + 1));
          x += clip(push * dx) * rate;
          y += clip(push * dy) * rate;
        } else {
          x += LONGEST_STEP * rate;
          y += LONGEST_STEP * rate;
        }
      }
      picture[head] = x;
      picture[head + 1] = y;
      negativeDue[edge]! += draws * negativePeriod[edge]!;
    }
    epoch++;
  };
}
