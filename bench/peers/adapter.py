"""What every peer's adapter does alike: takes a job, prints JSON lines, and runs one round each time it is asked.

    PEER.py JOB.json          round by round: a line "round" on stdin runs one, "result" asks what came out
    PEER.py JOB.json --once   one round, its result, and the end: for timing whole processes

A job is {stage, from: memory | file, files, sampleRate, threads, ...}. The first line out is {peer, version, threads, ...}, then {seconds} a round, and
{result} where it was asked for. Samples in memory are read before the first round; each round of `from: file` reads and decodes them anew.
"""
import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")

#: In the order of the classic recipe.
FEATURES = ["bandwidth", "rms", "flatness", "zeroCrossingRate", "chroma", "mel", "mfcc", "contrast"]


def read_job():
    with open(sys.argv[1], encoding="utf8") as file:
        return json.load(file)


def tell(**line):
    print(json.dumps(line), flush=True)


def serve(run, result, peer, version, threads, warm_up=None, **facts):
    """run() does the work once; result() is what the last run came to; warm_up(), if a job of a part asks for it, makes what a whole job would make once."""
    tell(peer=peer, version=version, threads=threads, **facts)
    if "--once" in sys.argv:
        if warm_up is not None and read_job().get("warmUp"):
            warm_up()
        started = time.perf_counter()
        run()
        tell(seconds=time.perf_counter() - started, result=result())
        return
    for line in sys.stdin:
        if line.strip() == "round":
            started = time.perf_counter()
            run()
            tell(seconds=time.perf_counter() - started)
        elif line.strip() == "result":
            tell(result=result())


def serve_features(peer, version, load, measure, **facts):
    """load(path, rate) -> samples; measure([samples], rate) -> for each sound {feature: means over time}."""
    job = read_job()
    rate = job["sampleRate"]
    sounds = [load(path, rate) for path in job["files"]] if job["from"] == "memory" else None
    rows = []

    def run():
        rows[:] = measure(sounds, rate) if sounds is not None else [row for path in job["files"] for row in measure([load(path, rate)], rate)]

    def result():
        names = [name for name in FEATURES if name in rows[0]]
        # JSON has no infinities.
        finite = lambda values: np.nan_to_num(np.atleast_1d(values).astype(float), nan=1e300, posinf=1e300, neginf=-1e300)
        return {name: [finite(row[name]).tolist() for row in rows] for name in names}

    serve(run, result, peer, version, job["threads"], warm_up=lambda: measure([load(job["files"][0], rate)], rate), **facts)
