import { pitchCell, TUNING_STEPS } from '../../../tensor-dsp/tuning-estimator.js';

/** The tuning of a sound whose peaks are too many to keep. */
export interface TuningHistogram {
  /** @param pitches pairs of Hz and height, > 0, both float32. */
  add(pitches: Float32Array): void;
  /** Deviation from A440 in fractions of a pitch class, -0.5 to 0.49; 0 where no peak was found. */
  estimate(): number;
}

/** Of a height's float32, the sign (none), the exponent and eight bits of the mantissa are kept: steps of 0.4 % or less. */
const DROPPED_BITS = 15;
const HEIGHTS = 2 ** (31 - DROPPED_BITS);

/**
 * Counts peaks by their height and by their deviation, in a table of one size (26 MB at most; a page of it is only there once it is written to).
 *
 * The deviations are those of `createTuningEstimator`. Its "louder half" begins at the median height; here it begins where the median's step of the table does: peaks
 * that are quieter by 0.4 % or less may count too. That can only matter where two deviations are equally common but for those. The order of peaks does not matter,
 * nor how they are cut into calls.
 *
 * @see createTuningEstimator
 */
export function createTuningHistogram(binsPerOctave: number): TuningHistogram {
  const counts = new Uint32Array(HEIGHTS * TUNING_STEPS);
  const ofHeights = new Float64Array(HEIGHTS);
  let count = 0;
  return {
    add: (pitches) => {
      const bits = new Uint32Array(pitches.buffer, pitches.byteOffset, pitches.length);
      for (let i = 0; i < pitches.length; i += 2) {
        const height = (bits[i + 1]! >>> DROPPED_BITS) & (HEIGHTS - 1);
        const cell = pitchCell(pitches[i]!, binsPerOctave);
        const step = cell - TUNING_STEPS * Math.floor(cell / TUNING_STEPS);
        counts[height * TUNING_STEPS + step]!++;
        ofHeights[height]!++;
      }
      count += pitches.length / 2;
    },
    estimate: () => {
      if (count === 0) return 0;
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
