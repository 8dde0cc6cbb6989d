#!/usr/bin/env python3
"""scikit-learn's k-means on points written by bench/kmeans.ts.

    kmeans_sklearn.py THREADS

Reads one JSON object a line: job ("fit", "step" or "sweep"), file and shape of float32 points, k or ks, nInit, seed, dtype; for
"step" a file with the first centroids and a number of iterations. Answers one JSON object a line: seconds, cpu (seconds
of processor time), inertias and iterations, and where labels are wanted the file they are in.
"""
import json
import os
import sys
import time
import warnings

threads = sys.argv[1]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")
points = {}


def read(file, shape, dtype):
    if (file, dtype) not in points:
        points[file, dtype] = np.fromfile(file, np.float32).reshape(shape).astype(dtype)
    return points[file, dtype]


def models(job, x):
    if job["job"] == "fit":
        return [KMeans(job["k"], n_init=job["nInit"], random_state=job["seed"])]
    if job["job"] == "step":
        start = read(job["start"], [job["k"], x.shape[1]], job["dtype"])
        return [KMeans(job["k"], init=start, n_init=1, max_iter=job["iterations"], tol=0)]
    return [KMeans(k, n_init=job["nInit"], random_state=job["seed"]) for k in job["ks"]]


def run(job):
    x = read(job["file"], job["shape"], job["dtype"])
    wall, cpu = time.perf_counter(), time.process_time()
    if job["job"] == "silhouette":
        labels = np.fromfile(job["labels"], np.int32).reshape(len(job["ks"]), -1)
        inertias, iterations = [float(silhouette_score(x, row)) for row in labels], []
    else:
        fitted = [model.fit(x) for model in models(job, x)]
        inertias, iterations = [float(m.inertia_) for m in fitted], [int(m.n_iter_) for m in fitted]
    took = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    if job.get("out"):
        np.concatenate([m.labels_ for m in fitted]).astype(np.int32).tofile(job["out"])
    return {**took, "values": inertias, "iterations": iterations}


print(json.dumps({"versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}}), flush=True)
with threadpool_limits(int(threads)):
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
