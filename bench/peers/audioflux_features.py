"""audioFlux: what it has of the eight features, from one spectrum of its own.

Its own mel bands correlate with librosa's by 0.54 only, so the bands are librosa's; spectrum, cepstrum, spread, flatness and chroma are audioFlux's.
It does not pad the ends of a sound.
"""
from importlib.metadata import version

import audioflux as af
import librosa
import numpy as np
from adapter import read_job, serve_features
from audioflux.type import SpectralDataType

RATE = read_job()["sampleRate"]
linear = af.BFT(num=1025, radix2_exp=11, samplate=RATE, slide_length=512, low_fre=0, data_type=SpectralDataType.MAG)
spectral = af.Spectral(num=linear.num, fre_band_arr=linear.get_fre_band_arr())
cepstrum = af.XXCC(num=128)
mel_bank = librosa.filters.mel(sr=RATE, n_fft=2048)


def measure_one(y, rate):
    # The ends are padded as librosa pads them, so that there are as many frames.
    magnitude = np.abs(linear.bft(np.pad(y, 1024), result_type=1))
    power = magnitude**2
    frames = magnitude.shape[-1]
    spectral.set_time_length(frames)
    cepstrum.set_time_length(frames)
    mel = mel_bank @ power
    rows = {
        "bandwidth": spectral.spread(magnitude),
        "flatness": spectral.flatness(power),
        "chroma": af.chroma_linear(np.pad(y, 1024), radix2_exp=11, samplate=rate, high_fre=rate / 2, slide_length=512),
        "mel": mel,
        "mfcc": cepstrum.xxcc(mel, cc_num=20),
    }
    return {name: np.atleast_2d(values).mean(axis=-1) for name, values in rows.items()}


serve_features(
    "audioFlux, 5 of the 8",
    version("audioflux"),
    lambda path, rate: librosa.load(path, sr=rate)[0],
    lambda sounds, rate: [measure_one(np.ascontiguousarray(y, dtype=np.float32), rate) for y in sounds],
    own=["flatness", "chroma", "mfcc"],
    note="no contrast, RMS or zero crossings",
)
