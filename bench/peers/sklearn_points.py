"""scikit-learn's KMeans on points of a file: job is {points, n, d, ks, nInit, seed, maxIter, tol, threads}. One fit for each k."""
import numpy as np
import sklearn
from adapter import read_job, serve
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

job = read_job()
threadpool_limits(job["threads"])
points = np.fromfile(job["points"], dtype=np.float32).reshape(job["n"], job["d"])
found = []


def run():
    found[:] = [KMeans(k, n_init=job["nInit"], random_state=job["seed"], max_iter=job["maxIter"], tol=job["tol"]).fit(points) for k in job["ks"]]


def result():
    return {"inertia": [float(model.inertia_) for model in found], "iterations": [int(model.n_iter_) for model in found]}


serve(run, result, "scikit-learn", sklearn.__version__, job["threads"])
