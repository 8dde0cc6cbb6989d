/** The last pass of the transform of a real frame: see fft.ts. */

import { HELD } from './fft-passes';

/** Fills what `lastPass` turns by, two q at a time: cos and -sin of 2 pi k / nFft at k = q, then at k = q + M / 4. @returns the address after them. */
export function fillTurns(m: i32, at: usize): usize {
  const s = m >> 2;
  for (let q = 0; q <= s >> 1; q += 2) {
    for (let j = 0; j < 2; j++) {
      for (let lane = 0; lane < 2; lane++) {
        const angle = (Math.PI * <f64>(q + lane + j * s)) / <f64>m;
        store<f64>(at + ((<usize>lane) << 3), Math.cos(angle));
        store<f64>(at + ((<usize>lane) << 3), -Math.sin(angle), 16);
      }
      at += 32;
    }
  }
  return at;
}

/** Two neighbouring values of the real (offset 0) or imaginary parts (16), the first of them at an even place, going down from the pair at `at`. */
@inline
function down(at: usize, part: usize): v128 {
  return v128.shuffle<f64>(v128.load(at + part), v128.load(at + part - 32), 0, 3);
}

/** From Z[k] and Z[M-k] (z and m) to the powers of bins k and M - k: with E = z + conj m and O = (z - conj m) / i, whose halves are in the window, X[k] = E + W^k O and X[M-k] = conj(E - W^k O). */
@inline
function putPair(zR: v128, zI: v128, mR: v128, mI: v128, c: v128, s: v128, up: usize, below: usize): void {
  const oR = f64x2.add(zI, mI);
  const oI = f64x2.sub(mR, zR);
  putPowers(f64x2.add(zR, mR), f64x2.sub(zI, mI), f64x2.sub(f64x2.mul(oR, c), f64x2.mul(oI, s)), f64x2.add(f64x2.mul(oR, s), f64x2.mul(oI, c)), up, below);
}

/** The same where W^k is -i times what is given. */
@inline
function putPairTurned(zR: v128, zI: v128, mR: v128, mI: v128, c: v128, s: v128, up: usize, below: usize): void {
  const oR = f64x2.sub(mR, zR); // O times -i
  const oI = f64x2.add(zI, mI); // its imaginary part, negated
  putPowers(f64x2.add(zR, mR), f64x2.sub(zI, mI), f64x2.add(f64x2.mul(oR, c), f64x2.mul(oI, s)), f64x2.sub(f64x2.mul(oR, s), f64x2.mul(oI, c)), up, below);
}

/** @param e, t E and W^k O */
@inline
function putPowers(eR: v128, eI: v128, tR: v128, tI: v128, up: usize, below: usize): void {
  const upR = f64x2.add(eR, tR);
  const upI = f64x2.add(eI, tI);
  v128.store64_lane(up, f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(upI, upI), f64x2.mul(upR, upR))), 0);
  const downR = f64x2.sub(eR, tR);
  const downI = f64x2.sub(eI, tI);
  const d = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(downI, downI), f64x2.mul(downR, downR)));
  v128.store64_lane(below, v128.shuffle<f32>(d, d, 1, 0, 1, 0), 0);
}

/** The last pass: of radix 4, at q and at its mirror s - q together, which hold each other's partners. */
export function lastPass(m: i32, turns: usize, x: usize, power: usize): void {
  const s = m >> 2;
  const step = (<usize>s) << 4;
  const bins = (<usize>s) << 2;
  let w = turns;
  let mirror = x + step;
  let up = power;
  let below = power + 4 * bins - 4;
  for (let a = x, end = x + (step >> 1); a <= end; a += 32, mirror -= 32, up += 8, below -= 8, w += 64) {
    const b = a + step;
    const c = b + step;
    const d = c + step;
    let ar = v128.load(a);
    let ai = v128.load(a, 16);
    let br = v128.load(b);
    let bi = v128.load(b, 16);
    let cr = v128.load(c);
    let ci = v128.load(c, 16);
    let dr = v128.load(d);
    let di = v128.load(d, 16);
    let apcR = f64x2.add(ar, cr);
    let apcI = f64x2.add(ai, ci);
    let amcR = f64x2.sub(ar, cr);
    let amcI = f64x2.sub(ai, ci);
    let bpdR = f64x2.add(br, dr);
    let bpdI = f64x2.add(bi, di);
    let bmdR = f64x2.sub(br, dr);
    let bmdI = f64x2.sub(bi, di);
    v128.store(HELD, f64x2.add(apcR, bpdR));
    v128.store(HELD, f64x2.add(apcI, bpdI), 16);
    v128.store(HELD, f64x2.add(amcR, bmdI), 32);
    v128.store(HELD, f64x2.sub(amcI, bmdR), 48);
    v128.store(HELD, f64x2.sub(apcR, bpdR), 64);
    v128.store(HELD, f64x2.sub(apcI, bpdI), 80);
    v128.store(HELD, f64x2.sub(amcR, bmdI), 96);
    v128.store(HELD, f64x2.add(amcI, bmdR), 112);

    const mb = mirror + step;
    const mc = mb + step;
    const md = mc + step;
    ar = down(mirror, 0);
    ai = down(mirror, 16);
    br = down(mb, 0);
    bi = down(mb, 16);
    cr = down(mc, 0);
    ci = down(mc, 16);
    dr = down(md, 0);
    di = down(md, 16);
    apcR = f64x2.add(ar, cr);
    apcI = f64x2.add(ai, ci);
    amcR = f64x2.sub(ar, cr);
    amcI = f64x2.sub(ai, ci);
    bpdR = f64x2.add(br, dr);
    bpdI = f64x2.add(bi, di);
    bmdR = f64x2.sub(br, dr);
    bmdI = f64x2.sub(bi, di);
    let wr = v128.load(w);
    let wi = v128.load(w, 16);
    // k = q with M - k = (s - q) + 3 s
    putPair(v128.load(HELD), v128.load(HELD, 16), f64x2.sub(amcR, bmdI), f64x2.add(amcI, bmdR), wr, wi, up, below);
    // k = q + 2 s: W^k is -i times that of q
    putPairTurned(v128.load(HELD, 64), v128.load(HELD, 80), f64x2.add(amcR, bmdI), f64x2.sub(amcI, bmdR), wr, wi, up + 2 * bins, below - 2 * bins);
    wr = v128.load(w, 32);
    wi = v128.load(w, 48);
    // k = q + s
    putPair(v128.load(HELD, 32), v128.load(HELD, 48), f64x2.sub(apcR, bpdR), f64x2.sub(apcI, bpdI), wr, wi, up + bins, below - bins);
    // k = q + 3 s
    putPairTurned(v128.load(HELD, 96), v128.load(HELD, 112), f64x2.add(apcR, bpdR), f64x2.add(apcI, bpdI), wr, wi, up + 3 * bins, below - 3 * bins);
  }
  atQuarters(x, step, power, bins);
}

/** The bins at multiples of s, which are each other's mirrors: the loop above had no partner for them. */
function atQuarters(x: usize, step: usize, power: usize, bins: usize): void {
  const ar = load<f64>(x);
  const ai = load<f64>(x, 16);
  const br = load<f64>(x + step);
  const bi = load<f64>(x + step, 16);
  const cr = load<f64>(x + 2 * step);
  const ci = load<f64>(x + 2 * step, 16);
  const dr = load<f64>(x + 3 * step);
  const di = load<f64>(x + 3 * step, 16);
  const z0R = ar + cr + (br + dr);
  const z0I = ai + ci + (bi + di);
  putSquare(power, 2 * (z0R + z0I));
  putSquare(power + 4 * bins, 2 * (z0R - z0I));
  const z2R = ar + cr - (br + dr);
  const z2I = ai + ci - (bi + di);
  store<f32>(power + 2 * bins, <f32>(4 * (z2R * z2R + z2I * z2I)));
  const z1R = ar - cr + (bi - di);
  const z1I = ai - ci - (br - dr);
  const z3R = ar - cr - (bi - di);
  const z3I = ai - ci + (br - dr);
  const eR = z1R + z3R;
  const eI = z1I - z3I;
  const oR = z1I + z3I;
  const oI = z3R - z1R;
  const turn = Math.SQRT1_2;
  const tR = (oR + oI) * turn; // W^s = (1 - i) / sqrt 2
  const tI = (oI - oR) * turn;
  store<f32>(power + bins, <f32>((eR + tR) * (eR + tR) + (eI + tI) * (eI + tI)));
  store<f32>(power + 3 * bins, <f32>((eR - tR) * (eR - tR) + (eI - tI) * (eI - tI)));
}

@inline
function putSquare(at: usize, value: f64): void {
  store<f32>(at, <f32>(value * value));
}
