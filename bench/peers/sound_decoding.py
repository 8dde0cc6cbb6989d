"""Decoding and resampling in Python: job.stage is decode (libsndfile, at the file's own rate) or resample (soxr HQ, what librosa.load takes).

For resample the files are decoded before the first round.
"""
import numpy as np
import soundfile
import soxr
from adapter import read_job, serve

job = read_job()
rate = job["sampleRate"]
kept = []


def decode(path):
    samples, own = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(axis=1), own


sounds = [decode(path) for path in job["files"]] if job["stage"] == "resample" else None


def run():
    kept[:] = [soxr.resample(y, own, rate, quality="HQ") for y, own in sounds] if sounds is not None else [decode(path)[0] for path in job["files"]]


def result():
    # Levels of sixteen parts of every sound: enough to tell a wrong decoding or a shift.
    return {"level": [[float(np.sqrt(np.mean(part.astype(np.float64) ** 2))) for part in np.array_split(y, 16)] for y in kept]}


if sounds is None:
    serve(run, result, "libsndfile, in Python", soundfile.__libsndfile_version__, 1)
else:
    serve(run, result, "soxr HQ, in Python", soxr.__version__, 1)
