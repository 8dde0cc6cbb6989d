/** Gathers one track's peaks, from as many pieces as it comes in, and estimates its tuning. */
export interface TuningEstimator {
  /**
   * @param shift  [frames * width], as `pitchPeaks` gives it.
   * @param height [frames * width].
   */
  add(shift: Float32Array, height: Float32Array, firstBin: number, width: number): void;
  /** @param pitches pairs of Hz and height, both float32. */
  addPitches(pitches: Float32Array): void;
  /** Deviation from A440 in fractions of a pitch class, -0.5 to 0.49; 0 where no peak was found. */
  estimate(): number;
}

/** Steps of the histogram of tunings by default: hundredths of a pitch class. */
export const TUNING_STEPS = 100;

/**
 * Tuning: the commonest deviation of the louder half of a track's peaks from equal temperament.
 *
 * @param resolution steps of the histogram, fractions of a pitch class. Default 0.01.
 * @see librosa `estimate_tuning` and `pitch_tuning`, whose float32 rounding is kept so that peaks fall into the same bins.
 */
export function createTuningEstimator({ sampleRate, nFft }: { readonly sampleRate: number; readonly nFft: number }, binsPerOctave = 12, resolution = 1 / TUNING_STEPS): TuningEstimator {
  let hz = new Float32Array(1024);
  let heights = new Float32Array(1024);
  let count = 0;
  const makeRoom = (more: number): void => {
    if (count + more <= hz.length) return;
    const grown = (old: Float32Array): Float32Array<ArrayBuffer> => {
      const larger = new Float32Array(Math.max(2 * old.length, count + more));
      larger.set(old);
      return larger;
    };
    hz = grown(hz);
    heights = grown(heights);
  };
  return {
    add: (shift, height, firstBin, width) => {
      makeRoom(height.length);
      for (let i = 0; i < height.length; i++) {
        if (height[i]! <= 0) continue;
        hz[count] = ((firstBin + (i % width) + shift[i]!) * sampleRate) / nFft;
        heights[count++] = height[i]!;
      }
    },
    addPitches: (pitches) => {
      makeRoom(pitches.length / 2);
      for (let i = 0; i < pitches.length; i += 2) {
        hz[count] = pitches[i]!;
        heights[count++] = pitches[i + 1]!;
      }
    },
    estimate: () => {
      if (count === 0) return 0;
      const threshold = median(heights.slice(0, count));
      const steps = Math.ceil(1 / resolution);
      const counts = new Int32Array(steps);
      for (let i = 0; i < count; i++) {
        if (heights[i]! < threshold) continue;
        const cell = pitchCell(hz[i]!, binsPerOctave, steps);
        counts[cell - steps * Math.floor(cell / steps)]!++;
      }
      return -0.5 + counts.indexOf(Math.max(...counts)) * (1 / steps);
    },
  };
}

/**
 * Where a frequency falls on a scale of cells, `steps` of them for each pitch class around its centre: the cell's number modulo `steps` is the bin of the
 * histogram of tunings. It rises with the frequency, and rounds as librosa's float32 does.
 *
 * @param hz float32.
 */
export function pitchCell(hz: number, binsPerOctave: number, steps = TUNING_STEPS): number {
  const octs = Math.fround(Math.log2(Math.fround(hz / (440 / 16))));
  const position = Math.fround(binsPerOctave * octs);
  let nearest = Math.floor(position);
  let residual = Math.fround(position - nearest);
  if (residual >= 0.5) {
    residual -= 1;
    nearest += 1;
  }
  return nearest * steps + histogramBin(residual, steps);
}

/** The bin of `value` among `steps` equal ones over [-0.5, 0.5]; edges belong to the bin above, as in numpy. */
function histogramBin(value: number, steps: number): number {
  const edge = (i: number): number => -0.5 + i * (1 / steps);
  let bin = Math.min(Math.max(Math.floor((value + 0.5) * steps), 0), steps - 1);
  while (bin > 0 && value < edge(bin)) bin--;
  while (bin < steps - 1 && value >= edge(bin + 1)) bin++;
  return bin;
}

/** The middle value, or the mean of the two middle ones. Reorders its argument. */
function median(values: Float32Array): number {
  const middle = values.length >> 1;
  const upper = select(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = -Infinity; // the largest of those that selection left before the middle
  for (let i = 0; i < middle; i++) if (values[i]! > lower) lower = values[i]!;
  return Math.fround((lower + upper) / 2);
}

/** The value that sorting would put at `place`, which it is moved to, with no larger one before it (Hoare's selection). */
function select(values: Float32Array, place: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return values[place]!;
}
