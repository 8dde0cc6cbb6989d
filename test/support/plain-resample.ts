/**
 * A sound at another rate by the definition: y(k) = sum over n of x(n) * h(k / targetRate - n / sourceRate), in float64.
 *
 * @param h the low-pass filter, of a time in samples of the lower rate; of integral 1.
 * @param half h is 0 beyond.
 */
export function plainResample(samples: Float32Array, sourceRate: number, targetRate: number, h: (t: number) => number, half: number): Float32Array {
  const lower = Math.min(sourceRate, targetRate);
  const reach = half * (sourceRate / lower);
  return Float32Array.from({ length: Math.ceil((samples.length * targetRate) / sourceRate) }, (_, k) => {
    const place = (k * sourceRate) / targetRate;
    let sum = 0;
    for (let n = Math.max(0, Math.ceil(place - reach)); n <= place + reach && n < samples.length; n++) {
      sum += samples[n]! * h(((k * sourceRate - n * targetRate) / (sourceRate * targetRate)) * lower);
    }
    return (sum * lower) / sourceRate;
  });
}
