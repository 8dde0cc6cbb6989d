#!/usr/bin/env python3
"""Write the reference values that the tests of the float64 tables compare with.

    make_tables.py > tables.json

Needs librosa 1.0.0 (Python 3.12).  Matrices are row-major in librosa's own
orientation, float64.  Large ones are kept as every `stride`-th value and the
sum of each row: a wrong value shows in one or the other.
"""
import json
import sys

import librosa
import numpy as np
import scipy.fft

# Sample rate, n_fft, count: even, odd, prime and very unlike librosa's defaults.
MEL = [(22050, 2048, 128), (22050, 1024, 128), (8000, 63, 10), (16000, 400, 40), (44100, 1023, 20), (48000, 31, 8)]
CHROMA = [  # sample rate, n_fft, n_chroma, tuning
    (22050, 2048, 12, 0.0), (22050, 1024, 12, -0.37), (22050, 2048, 24, 0.49), (8000, 63, 12, 0.1),
    (44100, 1023, 12, -0.5), (16000, 400, 36, 0.2), (22050, 512, 20, 0.05),
]
DCT = [(10, 5), (7, 7), (40, 13), (128, 20), (1, 1)]
WINDOW = [(16, 16), (31, 31), (30, 20), (31, 18), (31, 17), (64, 3), (8, 2)]
CONTRAST = [(22050, 2048), (22050, 1024), (44100, 2047), (16000, 400), (48000, 4096), (13000, 257), (25601, 512)]


def matrix(values):
    values = np.asarray(values, np.float64)
    stride = max(1, values.size // 400) | 1
    return {"shape": list(values.shape), "stride": stride, "values": values.ravel()[::stride].tolist(), "row_sums": values.sum(axis=1).tolist()}


def mel(sr, n_fft, n):
    return {"sample_rate": sr, "n_fft": n_fft, "n_mels": n, **matrix(librosa.filters.mel(sr=sr, n_fft=n_fft, n_mels=n, dtype=np.float64))}


def chroma(sr, n_fft, n, tuning):
    bank = librosa.filters.chroma(sr=sr, n_fft=n_fft, n_chroma=n, tuning=tuning, dtype=np.float64)
    return {"sample_rate": sr, "n_fft": n_fft, "n_chroma": n, "tuning": tuning, **matrix(bank)}


def contrast(sr, n_fft):
    """What spectral_contrast hears of spectra with one bin each: peak minus valley of every band, so which bins it holds and how many it averages."""
    bins = 1 + n_fft // 2
    heard = librosa.feature.spectral_contrast(S=np.eye(bins), sr=sr, n_fft=n_fft, linear=True)
    bands = []
    for row in heard:
        at = np.flatnonzero(row)
        bands.append({"start": int(at[0]), "end": int(at[-1]) + 1, "count": round(1 / row[at[0]]), "holes": int(at[-1] + 1 - at[0] - len(at))})
    return {"sample_rate": sr, "n_fft": n_fft, "bands": bands}


def main():
    tables = {
        "librosa": librosa.__version__,
        "mel": [mel(*c) for c in MEL],
        "chroma": [chroma(*c) for c in CHROMA],
        "dct": [{"n_in": i, "n_out": o, **matrix(scipy.fft.dct(np.eye(i), axis=0, type=2, norm="ortho")[:o])} for i, o in DCT],
        "window": [
            {"n_fft": n, "win_length": w, "values": librosa.util.pad_center(librosa.filters.get_window("hann", w, fftbins=True), size=n).tolist()}
            for n, w in WINDOW
        ],
        "contrast": [contrast(*c) for c in CONTRAST],
        "mel_frequencies": {"n": 33, "fmin": 30.0, "fmax": 11025.0, "values": librosa.mel_frequencies(33, fmin=30, fmax=11025).tolist()},
        "hz_to_mel": [[hz, float(librosa.hz_to_mel(hz))] for hz in (0.0, 60.0, 999.0, 1000.0, 1001.0, 4400.0, 22050.0)],
        "hz_to_octs": [[hz, t, b, float(librosa.hz_to_octs(hz, tuning=t, bins_per_octave=b))] for hz in (27.5, 440.0, 12345.6) for t, b in ((0.0, 12), (-0.4, 12), (0.25, 24))],
        "fft_frequencies": [{"sample_rate": sr, "n_fft": n, "values": librosa.fft_frequencies(sr=sr, n_fft=n).tolist()} for sr, n in ((22050, 16), (8000, 31), (44100, 30))],
    }
    json.dump(tables, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
