/** Tuning from spectral peaks, as ../../../tuning-estimator.ts defines it: float32 is rounded where it rounds. */
import { log2x4, maxLanes } from './log2';

/** Steps of a pitch class. */
const STEPS = 100;
const DIGIT_BITS: u32 = 11;
const DIGITS: u32 = 1 << DIGIT_BITS;
/** Octaves from an edge within which the fast logarithm might be on its wrong side: six times what it and the rounding of float32 can be off. */
const DOUBT: f32 = 1e-5;

/** Bytes that `estimateTuning` needs as scratch. */
export function tuningBytes(): u32 {
  return 4 * (DIGITS + 4);
}

@inline
function pitchAt(pitches: usize, i: i32): usize {
  return pitches + ((<usize>i) << 3);
}

/**
 * Counts are kept without branches: what does not count goes to a place that nobody reads. Noise has peaks by the hundred, and no order in them.
 *
 * @param pitches f32 pairs: Hz and height, > 0; with room for three more
 * @returns       the commonest step among the louder half, 0 to 99; -1 where there is no peak.
 */
export function estimateTuning(pitches: usize, count: i32, binsPerOctave: i32, scratch: usize): i32 {
  if (count === 0) return -1;
  for (let i = 0; i < 3; i++) {
    store<f32>(pitchAt(pitches, count + i), 440);
    store<f32>(pitchAt(pitches, count + i), 0, 4);
  }
  const threshold = median(pitches, count, scratch);
  memory.fill(scratch, 0, 4 * (STEPS + 1));
  const thresholds = f32x4.splat(threshold);
  const stepsPerOctave = f32x4.splat(<f32>(STEPS * binsPerOctave));
  const nowhere = i32x4.splat(STEPS);
  const doubt = DOUBT * <f32>(STEPS * binsPerOctave);
  for (let i = 0; i < count; i += 4) {
    const a = v128.load(pitchAt(pitches, i));
    const b = v128.load(pitchAt(pitches, i), 16);
    const counts = v128.not(f32x4.lt(v128.shuffle<f32>(a, b, 1, 3, 5, 7), thresholds));
    const octaves = log2x4(f32x4.mul(v128.shuffle<f32>(a, b, 0, 2, 4, 6), f32x4.splat(1 / 27.5)));
    const steps = f32x4.add(f32x4.mul(octaves, stepsPerOctave), f32x4.splat(<f32>STEPS / 2));
    const whole = f32x4.floor(steps);
    const rest = f32x4.sub(steps, whole);
    const doubtful = v128.or(f32x4.lt(rest, f32x4.splat(doubt)), f32x4.gt(rest, f32x4.splat(1 - doubt)));
    const ofClass = f32x4.sub(whole, f32x4.mul(f32x4.splat(<f32>STEPS), f32x4.floor(f32x4.mul(f32x4.add(whole, f32x4.splat(0.5)), f32x4.splat(1 / <f32>STEPS)))));
    const places = v128.bitselect(i32x4.trunc_sat_f32x4_s(ofClass), nowhere, v128.andnot(counts, doubtful));
    addOne(scratch, i32x4.extract_lane(places, 0));
    addOne(scratch, i32x4.extract_lane(places, 1));
    addOne(scratch, i32x4.extract_lane(places, 2));
    addOne(scratch, i32x4.extract_lane(places, 3));
    let mask = i32x4.bitmask(v128.and(counts, doubtful));
    for (; mask !== 0; mask &= mask - 1) addOne(scratch, stepOfPitch(load<f32>(pitchAt(pitches, i + ctz(mask))), binsPerOctave));
  }
  let best = 0;
  for (let step = 1; step < STEPS; step++) {
    if (load<i32>(scratch + ((<usize>step) << 2)) > load<i32>(scratch + ((<usize>best) << 2))) best = step;
  }
  return best;
}

@inline
function addOne(counts: usize, place: i32): void {
  const at = counts + ((<usize>(<u32>place)) << 2);
  store<i32>(at, load<i32>(at) + 1);
}

/** The step of a frequency, rounded as the definition rounds. */
function stepOfPitch(hz: f32, binsPerOctave: i32): i32 {
  const octaves = <f32>Math.log2(<f64>(hz / <f32>27.5));
  const position = <f32>binsPerOctave * octaves;
  let residual = <f64>(position - Mathf.floor(position));
  if (residual >= 0.5) residual -= 1;
  // Edges belong to the step above, as in numpy.
  let step = min(max(<i32>Math.floor((residual + 0.5) * <f64>STEPS), 0), STEPS - 1);
  while (step > 0 && residual < edge(step)) step--;
  while (step < STEPS - 1 && residual >= edge(step + 1)) step++;
  return step;
}

@inline
function edge(step: i32): f64 {
  return -0.5 + <f64>step * (1 / <f64>STEPS);
}

/** The middle height, or the mean of the two middle ones. */
function median(pitches: usize, count: i32, scratch: usize): f32 {
  const upper = heightAt(pitches, count, count >> 1, scratch);
  if (count & 1) return upper;
  // Of those below the upper one, the largest; unless too few are below, and it has equals.
  const uppers = f32x4.splat(upper);
  let below = i32x4.splat(0);
  let lowers = f32x4.splat(0);
  for (let i = 0; i < count; i += 4) {
    const heights = v128.shuffle<f32>(v128.load(pitchAt(pitches, i)), v128.load(pitchAt(pitches, i), 16), 1, 3, 5, 7);
    const isBelow = f32x4.lt(heights, uppers);
    below = i32x4.sub(below, isBelow);
    lowers = f32x4.pmax(lowers, v128.and(heights, isBelow));
  }
  const filling = -count & 3;
  const found = i32x4.extract_lane(below, 0) + i32x4.extract_lane(below, 1) + i32x4.extract_lane(below, 2) + i32x4.extract_lane(below, 3) - filling;
  const lower = found < count >> 1 ? upper : maxLanes(lowers);
  return <f32>((<f64>lower + <f64>upper) / 2);
}

/** The height that sorting would put at `place`: positive floats are in the order of their bits, which are settled eleven at a time. */
function heightAt(pitches: usize, count: i32, place: i32, scratch: usize): f32 {
  let prefix: u32 = 0;
  let settled: u32 = 32;
  let rest = place;
  while (settled > 0) {
    const shift: u32 = settled > DIGIT_BITS ? settled - DIGIT_BITS : 0;
    // All bits above those settled last; none at first.
    const known: u32 = settled < 32 ? ~<u32>0 << settled : 0;
    memory.fill(scratch, 0, 4 * (DIGITS + 1));
    for (let i = 0; i < count; i++) {
      const bits = load<u32>(pitchAt(pitches, i), 4);
      addOne(scratch, select<u32>((bits >> shift) & (DIGITS - 1), DIGITS, ((bits ^ prefix) & known) === 0));
    }
    let digit: u32 = 0;
    for (; digit < DIGITS - 1; digit++) {
      const here = load<i32>(scratch + ((<usize>digit) << 2));
      if (rest < here) break;
      rest -= here;
    }
    prefix |= digit << shift;
    settled = shift;
  }
  return reinterpret<f32>(prefix);
}
