#!/usr/bin/env python3
"""The work of bench/gpu.ts as PyTorch users write it, on the same card (or, with --small, on whatever PyTorch has).

    gpu_torch.py [--small]

Prints one JSON object: a step of Lloyd's algorithm, and the features of the classic recipe from 16-bit samples in host memory to one row a clip. All in
float32 without TF32, as librosa's values ask for.
"""
import argparse
import json
import time

import numpy as np
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--small", action="store_true")
small = parser.parse_args().small
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
torch.backends.cuda.matmul.allow_tf32 = False
torch.manual_seed(0)


def timed(work, runs):
    times = []
    for run in range(runs + 2):
        start = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        if run >= 2:
            times.append(1000 * (time.perf_counter() - start))
    times.sort()
    return {"median": round(times[len(times) // 2], 3), "best": round(times[0], 3), "worst": round(times[-1], 3), "runs": runs}


def kmeans_step(n, d, k):
    points = torch.rand(n, d, device=device)
    state = {"centroids": points[torch.randperm(n, device=device)[:k]].clone()}

    def step():
        c = state["centroids"]
        square = (c * c).sum(1)
        labels = torch.empty(n, dtype=torch.long, device=device)
        for at in range(0, n, 65536):  # a chunk at a time: n x k floats would be gigabytes
            labels[at : at + 65536] = torch.addmm(square, points[at : at + 65536], c.T, alpha=-2).argmin(1)
        sums = torch.zeros(k, d, device=device).index_add_(0, labels, points)
        counts = torch.bincount(labels, minlength=k).clamp(min=1)
        state["centroids"] = sums / counts[:, None]

    return {"n": n, "d": d, "k": k, "ms": timed(step, 3 if small else 15)}


def mel_filters(rate, n_fft, n_mels):
    to_mel = lambda hz: np.where(hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1e-9) / 1000) * 27 / np.log(6.4))
    to_hz = lambda mel: np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))
    edges = to_hz(np.linspace(0, to_mel(np.array(rate / 2)), n_mels + 2))
    hz = np.arange(n_fft // 2 + 1) * rate / n_fft
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.maximum(0, np.minimum((hz - low) / (centre - low), (high - hz) / (high - centre))) * 2 / (high - low)


def features(clips, seconds, rate=22050, n_fft=2048, hop=512):
    samples = int(rate * seconds)
    host = (torch.randn(clips, samples) * 3000).to(torch.int16)
    if device.type == "cuda":
        host = host.pin_memory()
    window = torch.hann_window(n_fft, device=device)
    mel = torch.tensor(mel_filters(rate, n_fft, 128), dtype=torch.float32, device=device)
    n = torch.arange(128, device=device)
    dct = torch.cos(torch.pi * torch.arange(20, device=device)[:, None] * (2 * n + 1) / 256) * (2 / 128) ** 0.5
    chroma = torch.rand(12, n_fft // 2 + 1, device=device)  # a filterbank costs the same whatever is in it
    hz = torch.arange(n_fft // 2 + 1, device=device) * rate / n_fft
    bands = [(max(0, int(lo * n_fft / rate) - 1), int(hi * n_fft / rate) + 1) for lo, hi in [(0, 200)] + [(200 * 2**i, min(200 * 2 ** (i + 1), rate / 2)) for i in range(6)]]

    def run():
        x = host.to(device, non_blocking=True).float() / 32768
        power = torch.stft(x, n_fft, hop, window=window, pad_mode="constant", return_complex=True).abs().square()
        m = power.sqrt()
        share = m / m.sum(1, keepdim=True).clamp(min=1e-30)
        centroid = (share * hz[:, None]).sum(1, keepdim=True)
        bandwidth = (share * (hz[:, None] - centroid) ** 2).sum(1).sqrt()
        heard = power.clamp(min=1e-10)
        flatness = heard.log().mean(1).exp() / heard.mean(1)
        padded = torch.nn.functional.pad(x, (n_fft // 2, n_fft // 2))
        frames = padded.unfold(1, n_fft, hop)
        rms = frames.square().mean(2).sqrt()
        crossings = torch.nn.functional.pad((padded[:, 1:] < 0) != (padded[:, :-1] < 0), (1, 0)).float().unfold(1, n_fft, hop).mean(2)
        bank = mel @ power
        decibels = 10 * bank.clamp(min=1e-10).log10()
        decibels = torch.maximum(decibels, decibels.amax((1, 2), keepdim=True) - 80)
        raw = chroma @ power
        contrast = []
        for start, end in bands:
            ordered = m[:, start:end].sort(1).values
            count = max(1, round(0.02 * (end - start)))
            contrast.append(ordered[:, -count:].mean(1).clamp(min=1e-10).log10() - ordered[:, :count].mean(1).clamp(min=1e-10).log10())
        rows = torch.cat([v.mean(1, keepdim=True) for v in (bandwidth, rms, flatness, crossings)] + [(raw / raw.amax(1, keepdim=True)).mean(2), bank.mean(2), (dct @ decibels).mean(2), torch.stack(contrast, 1).mean(2) * 10], 1)
        return rows.cpu()

    ms = timed(run, 3 if small else 10)
    return {"clips": clips, "seconds": seconds, "ms": ms, "timesRealTime": round(1000 * clips * seconds / ms["median"])}


results = {"torch": torch.__version__, "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu"}
results["kmeans-200k-64-64"] = kmeans_step(2000 if small else 200_000, 64, 64)
results["kmeans-1M-128-1024"] = kmeans_step(2000 if small else 1_000_000, 128, 130 if small else 1024)
results["features"] = features(2 if small else 25, 0.5 if small else 30)
if not small:
    results["featuresLargeBatch"] = features(200, 30)
print(json.dumps(results))
