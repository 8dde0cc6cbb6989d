import { createTuningEstimator, pitchCell, TUNING_STEPS } from '../../../tensor-dsp/tuning-estimator.js';

/** The tuning of a sound that may have more peaks than can be kept. */
export interface TuningHistogram {
  /** @param pitches pairs of Hz and height, > 0, both float32. */
  add(pitches: Float32Array): void;
  /** Deviation from A440 in fractions of a pitch class, -0.5 to 0.49; 0 where no peak was found. */
  estimate(): number;
}

/** Peaks that are kept, 16 MB of them: as many as half an hour of music has. */
const MOST_KEPT = 2 ** 21;
/** Of a height's float32, the sign (none), the exponent and eight bits of the mantissa are told apart: steps of 0.4 % or less. */
const DROPPED_BITS = 15;
const HEIGHTS = 2 ** (31 - DROPPED_BITS);

/**
 * Up to two million peaks the tuning is that of `createTuningEstimator`. More are counted by height and deviation, in a table of one size (26 MB; the system gives
 * only those of its pages that are written to). The estimator's louder half begins at the median height, the table's where the median's step of 0.4 % does: so many
 * more peaks count, which matters only where two deviations are as common but for those.
 *
 * Neither the order of the peaks matters, nor how they are cut into calls.
 *
 * @param mostKept peaks that are kept.
 * @see createTuningEstimator
 */
export function createTuningHistogram(settings: { readonly sampleRate: number; readonly nFft: number }, binsPerOctave: number, mostKept = MOST_KEPT): TuningHistogram {
  let kept: Float32Array[] = [];
  let count = 0;
  let table: ReturnType<typeof createTable> | undefined;
  return {
    add: (pitches) => {
      count += pitches.length / 2;
      if (count > mostKept && table === undefined) {
        table = createTable(binsPerOctave);
        for (const earlier of kept) table.add(earlier);
        kept = [];
      }
      if (table === undefined) kept.push(pitches.slice());
      else table.add(pitches);
    },
    estimate: () => {
      if (table !== undefined) return table.estimate(count);
      const estimator = createTuningEstimator(settings, binsPerOctave);
      for (const pitches of kept) estimator.addPitches(pitches);
      return estimator.estimate();
    },
  };
}

function createTable(binsPerOctave: number): { add(pitches: Float32Array): void; estimate(count: number): number } {
  const counts = new Uint32Array(HEIGHTS * TUNING_STEPS);
  const ofHeights = new Float64Array(HEIGHTS);
  return {
    add: (pitches) => {
      const bits = new Uint32Array(pitches.buffer, pitches.byteOffset, pitches.length);
      for (let i = 0; i < pitches.length; i += 2) {
        const height = (bits[i + 1]! >>> DROPPED_BITS) & (HEIGHTS - 1);
        const cell = pitchCell(pitches[i]!, binsPerOctave);
        counts[height * TUNING_STEPS + cell - TUNING_STEPS * Math.floor(cell / TUNING_STEPS)]!++;
        ofHeights[height]!++;
      }
    },
    estimate: (count) => {
      let median = 0;
      for (let below = Math.floor(count / 2); below >= ofHeights[median]!; median++) below -= ofHeights[median]!;
      const louder = new Float64Array(TUNING_STEPS);
      for (let height = median; height < HEIGHTS; height++) {
        if (ofHeights[height] === 0) continue;
        for (let step = 0; step < TUNING_STEPS; step++) louder[step]! += counts[height * TUNING_STEPS + step]!;
      }
      return -0.5 + louder.indexOf(Math.max(...louder)) * (1 / TUNING_STEPS);
    },
  };
}
