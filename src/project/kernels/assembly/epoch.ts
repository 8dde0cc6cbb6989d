const A: f64 = 1.5694704762346365;
const B: f64 = 0.8941996053733949;
const LONGEST_STEP: f64 = 4;
const TO_UNIT: f64 = 1.0 / 4294967296.0;

/** x^B, by the table that power-table.ts makes: f64[256] octaves, f64[1024] values, f64[1024] rises. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function power(x: f64, table: usize): f64 {
  const bits = reinterpret<i32>(<f32>x);
  const place = <usize>((bits >> 13) & 1023) << 3;
  return load<f64>(table + (<usize>((bits >> 23) & 255) << 3)) * (load<f64>(table + place, 2048) + <f64>(bits & 8191) * load<f64>(table + place, 2048 + 8192));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function clip(step: f64): f64 {
  return step > LONGEST_STEP ? LONGEST_STEP : step < -LONGEST_STEP ? -LONGEST_STEP : step;
}

/**
 * One epoch of attract-and-repel.ts.
 *
 * @param picture f64[n][2] @param edges nEdges times { f64 period, due, negativePeriod, negativeDue; i32 head, tail, in bytes of the picture } @param state of the draws.
 * @returns the state after its draws.
 */
export function epoch(picture: usize, n: i32, edges: usize, nEdges: i32, table: usize, number: f64, rate: f64, state: u32): u32 {
  for (let edge = edges, end = edges + <usize>nEdges * 40; edge < end; edge += 40) {
    const due = load<f64>(edge, 8);
    if (due > number) continue;
    const head = picture + <usize>load<u32>(edge, 32);
    const tail = picture + <usize>load<u32>(edge, 36);
    let x = load<f64>(head);
    let y = load<f64>(head, 8);
    let dx = x - load<f64>(tail);
    let dy = y - load<f64>(tail, 8);
    let square = dx * dx + dy * dy;
    if (square > 0) {
      const near = A * power(square, table);
      const pull = (-2 * B * near) / (square * (near + 1));
      const stepX = clip(pull * dx) * rate;
      const stepY = clip(pull * dy) * rate;
      x += stepX;
      y += stepY;
      store<f64>(tail, load<f64>(tail) - stepX);
      store<f64>(tail, load<f64>(tail, 8) - stepY, 8);
      // Its own partner may be drawn below.
      store<f64>(head, x);
      store<f64>(head, y, 8);
    }
    store<f64>(edge, due + load<f64>(edge), 8);
    const negativePeriod = load<f64>(edge, 16);
    const negativeDue = load<f64>(edge, 24);
    const draws = Math.floor((number - negativeDue) / negativePeriod);
    for (let left = <i32>draws; left > 0; left--) {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      const other = picture + (<usize>(<i32>(<f64>state * TO_UNIT * <f64>n)) << 4);
      if (other == head) continue;
      dx = x - load<f64>(other);
      dy = y - load<f64>(other, 8);
      square = dx * dx + dy * dy;
      if (square > 0) {
        const push = (2 * B) / ((0.001 + square) * (A * power(square, table) + 1));
        x += clip(push * dx) * rate;
        y += clip(push * dy) * rate;
      } else {
        x += LONGEST_STEP * rate;
        y += LONGEST_STEP * rate;
      }
    }
    store<f64>(head, x);
    store<f64>(head, y, 8);
    store<f64>(edge, negativeDue + draws * negativePeriod, 24);
  }
  return state;
}
