/** Values that may be among the outermost of a band, and which of them are. */

let list: usize = 0;

/** Room for candidates beyond those that are to be found: three blocks of bins. */
export const SLACK = 48;
/** Removing more than this one by one would take longer than sorting. */
const FEW = 6;

export function candidateBytes(count: i32): usize {
  return <usize>(count + SLACK + 4) << 2;
}

/** @param memory f32[count + SLACK + 4] */
export function setupCandidates(memory: usize): void {
  list = memory;
}

@inline
function at(i: i32): usize {
  return list + ((<usize>i) << 2);
}

/** Leaves the `count` outermost of the first `found`. @returns the innermost of these */
@inline
export function thinOut(found: i32, count: i32, large: bool): f32 {
  if (found - count <= FEW) {
    for (let n = found; n > count; n--) removeInnermost(n, large);
    let inner = load<f32>(list);
    for (let i = 1; i < count; i++) {
      const value = load<f32>(at(i));
      inner = (large ? value < inner : value > inner) ? value : inner;
    }
    return inner;
  }
  // Sorted insertion into the front: the innermost of those kept comes first, and most of the others fail against it.
  for (let n = 1; n < count; n++) {
    const value = load<f32>(at(n));
    let i = n;
    for (; i > 0 && (large ? load<f32>(at(i - 1)) > value : load<f32>(at(i - 1)) < value); i--) store<f32>(at(i), load<f32>(at(i - 1)));
    store<f32>(at(i), value);
  }
  for (let n = count; n < found; n++) {
    const value = load<f32>(at(n));
    if (!(large ? value > load<f32>(list) : value < load<f32>(list))) continue;
    let i = 0;
    for (; i + 1 < count && (large ? load<f32>(at(i + 1)) < value : load<f32>(at(i + 1)) > value); i++) store<f32>(at(i), load<f32>(at(i + 1)));
    store<f32>(at(i), value);
  }
  return load<f32>(list);
}

/** Puts the last of n in the innermost's place. */
@inline
function removeInnermost(n: i32, large: bool): void {
  let inner = load<f32>(list);
  let place = 0;
  for (let i = 1; i < n; i++) {
    const value = load<f32>(at(i));
    const isInner = large ? value < inner : value > inner;
    inner = isInner ? value : inner;
    place = isInner ? i : place;
  }
  store<f32>(at(place), load<f32>(at(n - 1)));
}

/** Mean magnitude of the `count` outermost, where what was not found is at the bound. */
@inline
export function meanOfCandidates(found: i32, count: i32, bound: f32, large: bool): f32 {
  if (found > count) thinOut(found, count, large);
  for (let i = found; i < count; i++) store<f32>(at(i), bound);
  let sum: f32 = 0;
  for (let i = 0; i < count; i++) sum += Mathf.sqrt(load<f32>(at(i)));
  return sum / <f32>count;
}
