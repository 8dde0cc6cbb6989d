#!/usr/bin/env python3
"""The classic recipe as librosa and scikit-learn users write it.

    seed_recipe.py FOLDER [--seeds 10]

FOLDER holds labels.csv (path,label) and the WAV files it names. Prints one JSON object: the scores of KMeans with as many
clusters as there are labels, for each seed, and how long features and clustering took.
"""
import argparse
import csv
import json
import time
import warnings
from pathlib import Path

import librosa
import numpy as np
import sklearn
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


def features(path):
    y, sr = librosa.load(path, sr=22050)
    f = librosa.feature
    rows = [
        f.spectral_bandwidth(y=y, sr=sr),
        f.rms(y=y),
        f.spectral_flatness(y=y),
        f.zero_crossing_rate(y),
        f.chroma_stft(y=y, sr=sr),
        f.melspectrogram(y=y, sr=sr),
        f.mfcc(y=y, sr=sr, n_mfcc=20),
        f.spectral_contrast(y=y, sr=sr),
    ]
    return np.concatenate([row.mean(axis=1) for row in rows])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    args = parser.parse_args()
    with open(args.folder / "labels.csv", newline="") as file:
        # By path, as Soundkin orders its rows: which points a seed draws depends on their order.
        rows = sorted(csv.DictReader(file), key=lambda row: row["path"])
    labels = [row["label"] for row in rows]
    started = time.perf_counter()
    x = np.array([features(args.folder / row["path"]) for row in rows])
    measured = time.perf_counter()
    x = StandardScaler().fit_transform(x)
    scores = []
    for seed in range(args.seeds):
        found = KMeans(len(set(labels)), n_init=10, random_state=seed).fit_predict(x)
        scores.append(
            {
                "vMeasure": metrics.v_measure_score(labels, found),
                "adjustedRand": metrics.adjusted_rand_score(labels, found),
                "silhouette": float(metrics.silhouette_score(x, found)),
            }
        )
    result = {
        "librosa": librosa.__version__,
        "scikit-learn": sklearn.__version__,
        "sounds": len(rows),
        "featureSeconds": measured - started,
        "clusterSeconds": time.perf_counter() - measured,
        "scores": scores,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
