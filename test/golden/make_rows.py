#!/usr/bin/env python3
"""Write each signal's feature rows as librosa and NumPy compute them.

    make_rows.py OUT.json SIGNAL.wav...

Needs librosa 1.0.0. `seed` is the classic recipe's row, means over time of eight features; `kin` the default recipe's: four
statistics (mean, standard deviation, and both weighted by rms ** 2) of 63 columns a frame. Signals are also cut to 1, 700, 1600
and 3000 samples, which have one frame, two, and fewer than the nine that librosa's delta wants.
"""
import json
import sys
import warnings
from pathlib import Path

import librosa
import numpy as np
import soundfile as sf

warnings.filterwarnings("ignore")
f = librosa.feature


def deltas(mfcc):
    frames = mfcc.shape[1]
    width = min(9, frames if frames % 2 else frames - 1)
    return f.delta(mfcc, width=width) if width >= 3 else np.zeros_like(mfcc)


def rows(y, sr):
    mel = f.melspectrogram(y=y, sr=sr)
    mfcc = f.mfcc(y=y, sr=sr, n_mfcc=20)
    bandwidth, rms = f.spectral_bandwidth(y=y, sr=sr), f.rms(y=y)
    flatness, zcr = f.spectral_flatness(y=y), f.zero_crossing_rate(y)
    chroma, contrast = f.chroma_stft(y=y, sr=sr), f.spectral_contrast(y=y, sr=sr)
    seed = np.vstack([bandwidth, rms, flatness, zcr, chroma, mel, mfcc, contrast]).astype("f8").mean(1)
    frames = np.vstack(
        [bandwidth, np.log10(rms + 1e-5), np.log10(flatness + 1e-10), zcr, chroma, mfcc, contrast, deltas(mfcc)]
    ).astype("f8")
    energy = rms[0].astype("f8") ** 2
    count = frames.shape[1]
    weights = energy / energy.sum() if energy.sum() > 0 else np.full(count, 1 / count)
    kin = []
    for w in (np.full(count, 1 / count), weights):
        mean = frames @ w
        kin += [mean, np.sqrt(((frames - mean[:, None]) ** 2) @ w)]
    return {"seed": seed.tolist(), "kin": np.concatenate(kin).tolist()}


def main(out, signals):
    result = {"librosa": librosa.__version__, "rows": []}
    for path in map(Path, signals):
        y, sr = sf.read(path, dtype="float32")
        for samples in [len(y), 1, 700, 1600, 3000]:
            if samples != len(y) and path.stem not in ("loop_amen", "sweep_noise"):
                continue
            result["rows"].append({"signal": path.name, "samples": samples, **rows(y[:samples], sr)})
    text = json.dumps(result)
    Path(out).write_text(text.replace('{"signal"', '\n{"signal"') + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
