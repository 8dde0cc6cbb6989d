/** The signal of golden/resample at a rate: silence, a chirp up to the Nyquist frequency, noise, clicks; 0.2 s and one sample. */
export function resampleSignal(sampleRate: number): Float32Array {
  const first = Math.ceil(sampleRate / 100);
  let state = 1;
  return Float32Array.from({ length: Math.floor(sampleRate / 5) + 1 }, (_, n) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    const hundredths = Math.floor((n * 100) / sampleRate);
    if (hundredths >= 17) return n % 97 === 0 ? 1 : 0;
    if (hundredths >= 11 && hundredths < 16) return 0.5 * (state / 2 ** 31 - 1);
    if (hundredths < 1 || hundredths >= 10) return 0;
    const t = (n - first) / sampleRate;
    return 0.8 * Math.sin(2 * Math.PI * (20 * t + ((sampleRate / 2 - 20) / 0.09) * ((t * t) / 2)));
  });
}
