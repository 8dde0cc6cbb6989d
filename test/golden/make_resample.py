#!/usr/bin/env python3
"""Write what librosa makes of a short signal at several rates, resampled to 22 050 Hz.

    make_resample.py OUT_DIR

Needs librosa 1.0.0 and soxr 1.1.0 (its default res_type is soxr_hq). OUT_DIR/from-RATE.f32 is raw little-endian float32. The
signal is test/support/resample-signal.ts's: silence, a chirp up to the source's Nyquist frequency, noise, clicks; 0.2 s and one sample.
"""
import sys
from pathlib import Path

import librosa
import numpy as np

RATES = [11025, 32000, 44100, 48000, 96000]


def signal(rate):
    n = np.arange(rate // 5 + 1)
    part = n * 100 // rate  # hundredths of a second
    y = np.zeros(len(n))

    chirp = (part >= 1) & (part < 10)
    t = (n[chirp] - n[chirp][0]) / rate
    y[chirp] = 0.8 * np.sin(2 * np.pi * (20 * t + (rate / 2 - 20) / 0.09 * t * t / 2))

    state, noise = 1, []
    for _ in n:
        state = (1664525 * state + 1013904223) % 2**32
        noise.append(state / 2**31 - 1)
    y = np.where((part >= 11) & (part < 16), 0.5 * np.array(noise), y)

    clicks = (part >= 17) & (n % 97 == 0)
    return np.where(clicks, 1.0, y).astype("f4")


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.mkdir(exist_ok=True)
    for rate in RATES:
        y = librosa.resample(signal(rate), orig_sr=rate, target_sr=22050)
        y.astype("<f4").tofile(out / f"from-{rate}.f32")
        print(rate, len(signal(rate)), len(y))
