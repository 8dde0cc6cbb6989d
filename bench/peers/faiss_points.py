"""FAISS's k-means on points of a file: job as for scikit-learn. It starts from random points and runs a fixed number of iterations, job.faissIterations."""
import faiss
import numpy as np
from adapter import read_job, serve

job = read_job()
faiss.omp_set_num_threads(job["threads"])
points = np.fromfile(job["points"], dtype=np.float32).reshape(job["n"], job["d"])
found = []


def run():
    found.clear()
    for k in job["ks"]:
        model = faiss.Kmeans(job["d"], k, niter=job["faissIterations"], nredo=job["nInit"], seed=job["seed"] + 1, max_points_per_centroid=job["n"], min_points_per_centroid=1)
        model.train(points)
        found.append(model)


def result():
    # Its own objective is that of the assignment before the last update.
    inertias = [float(model.index.search(points, 1)[0].sum(dtype=np.float64)) for model in found]
    return {"inertia": inertias, "iterations": [job["faissIterations"] for _ in found]}


serve(run, result, "FAISS", faiss.__version__, job["threads"], note=f"{job['faissIterations']} iterations from random points")
