/** The modified Bessel function of the first kind and order 0, by its power series; x >= 0, exact to float64 for x < 30. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/**
 * The impulse response of a low-pass filter: a sinc under a Kaiser window.
 *
 *   h(t) = cutoff * sinc(cutoff * t) * I0(beta * sqrt(1 - (t / half)²)) / I0(beta)      (0 for |t| > half)
 *
 * @param cutoff in units of half the rate that `t` counts samples of; the response is -6 dB there, and its integral about 1.
 * @param half half the window's length, in samples of `t`.
 * @param beta >= 0: larger rejects more, and falls off less steeply.
 * @see Kaiser & Schafer 1980; scipy.signal.windows.kaiser, which `half` and `beta` agree with.
 */
export function createKaiserSinc(cutoff: number, half: number, beta: number): (t: number) => number {
  const peak = cutoff / besselI0(beta);
  return (t) => {
    const rest = 1 - (t / half) ** 2;
    if (rest < 0) return 0;
    const angle = Math.PI * cutoff * t;
    return peak * (angle === 0 ? 1 : Math.sin(angle) / angle) * besselI0(beta * Math.sqrt(rest));
  };
}
