/** The last pass of the transform of a real frame: see fft.ts. */

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

/**
 * From Z[k] and Z[M-k] of packed pairs to the powers of bins k and M - k: with E = Z[k] + conj Z[M-k] and O = (Z[k] - conj Z[M-k]) / i (their halves are in
 * the window), X[k] = E + W^k O and X[M-k] = conj(E - W^k O).
 *
 * @param o W^k O, turned already
 */
@inline
function putPowers(eR: v128, eI: v128, tR: v128, tI: v128, up: usize, below: usize): void {
  const upR = f64x2.add(eR, tR);
  const upI = f64x2.add(eI, tI);
  const downR = f64x2.sub(eR, tR);
  const downI = f64x2.sub(eI, tI);
  v128.store64_lane(up, f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(upR, upR), f64x2.mul(upI, upI))), 0);
  const d = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(downR, downR), f64x2.mul(downI, downI)));
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
    const z0R = f64x2.add(apcR, bpdR);
    const z0I = f64x2.add(apcI, bpdI);
    const z1R = f64x2.add(amcR, bmdI);
    const z1I = f64x2.sub(amcI, bmdR);
    const z2R = f64x2.sub(apcR, bpdR);
    const z2I = f64x2.sub(apcI, bpdI);
    const z3R = f64x2.sub(amcR, bmdI);
    const z3I = f64x2.add(amcI, bmdR);

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
    const c0 = v128.load(w);
    const s0 = v128.load(w, 16);
    const c1 = v128.load(w, 32);
    const s1 = v128.load(w, 48);
    // k = q with M - k = (s - q) + 3 s
    let mR = f64x2.sub(amcR, bmdI);
    let mI = f64x2.add(amcI, bmdR);
    let oR = f64x2.add(z0I, mI);
    let oI = f64x2.sub(mR, z0R);
    putPowers(f64x2.add(z0R, mR), f64x2.sub(z0I, mI), f64x2.sub(f64x2.mul(oR, c0), f64x2.mul(oI, s0)), f64x2.add(f64x2.mul(oR, s0), f64x2.mul(oI, c0)), up, below);
    // k = q + 2 s: W^k is -i times that of q
    mR = f64x2.add(amcR, bmdI);
    mI = f64x2.sub(amcI, bmdR);
    oR = f64x2.sub(mR, z2R); // O times -i
    oI = f64x2.add(z2I, mI); // its imaginary part, negated
    putPowers(f64x2.add(z2R, mR), f64x2.sub(z2I, mI), f64x2.add(f64x2.mul(oR, c0), f64x2.mul(oI, s0)), f64x2.sub(f64x2.mul(oR, s0), f64x2.mul(oI, c0)), up + 2 * bins, below - 2 * bins);
    // k = q + s
    mR = f64x2.sub(apcR, bpdR);
    mI = f64x2.sub(apcI, bpdI);
    oR = f64x2.add(z1I, mI);
    oI = f64x2.sub(mR, z1R);
    putPowers(f64x2.add(z1R, mR), f64x2.sub(z1I, mI), f64x2.sub(f64x2.mul(oR, c1), f64x2.mul(oI, s1)), f64x2.add(f64x2.mul(oR, s1), f64x2.mul(oI, c1)), up + bins, below - bins);
    // k = q + 3 s
    mR = f64x2.add(apcR, bpdR);
    mI = f64x2.add(apcI, bpdI);
    oR = f64x2.sub(mR, z3R);
    oI = f64x2.add(z3I, mI);
    putPowers(f64x2.add(z3R, mR), f64x2.sub(z3I, mI), f64x2.add(f64x2.mul(oR, c1), f64x2.mul(oI, s1)), f64x2.sub(f64x2.mul(oR, s1), f64x2.mul(oI, c1)), up + 3 * bins, below - 3 * bins);
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
