#!/usr/bin/env python3
"""Write what scikit-learn's KMeans finds for each seed, from its own starts.

    make_kmeans.py OUT.json CLUSTERING_FOLDER

Needs scikit-learn 1.9.1. CLUSTERING_FOLDER holds x.f32 [600, 16], made by make_golden.py.
"""
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import KMeans

x = np.fromfile(Path(sys.argv[2]) / "x.f32", "<f4").reshape(600, 16)
runs = []
for k in (1, 2, 6, 23):
    for seed in range(5):
        km = KMeans(k, n_init=10, random_state=seed).fit(x)
        runs.append({"k": k, "seed": seed, "inertia": float(km.inertia_), "nIter": int(km.n_iter_), "labels": km.labels_.tolist()})
text = json.dumps({"scikit-learn": sklearn.__version__, "runs": runs}, separators=(",", ":"))
Path(sys.argv[1]).write_text(text.replace('{"k"', '\n{"k"') + "\n")
