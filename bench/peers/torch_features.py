"""PyTorch: librosa's features from one torch.stft, in float32, batched over sounds of like length, with librosa's filterbanks.

Chroma takes the filterbank of a tuning of 0, where librosa estimates each track's: less work, and other values. job.device may be cuda.
"""
import librosa
import numpy as np
import torch
from adapter import read_job, serve_features

job = read_job()
torch.set_num_threads(job["threads"])
device = torch.device(job.get("device", "cpu"))
if device.type == "cuda" and not torch.cuda.is_available():
    raise SystemExit("no CUDA device")
# Not librosa's arithmetic otherwise.
torch.backends.cuda.matmul.allow_tf32 = False
BATCH = 64 if device.type == "cuda" else 2
N_FFT, HOP, RATE = 2048, 512, job["sampleRate"]


def table(values):
    return torch.from_numpy(np.asarray(values, dtype=np.float32)).to(device)


window = torch.hann_window(N_FFT, device=device)
mel_bank = table(librosa.filters.mel(sr=RATE, n_fft=N_FFT))
chroma_bank = table(librosa.filters.chroma(sr=RATE, n_fft=N_FFT, tuning=0.0))
n = np.arange(128)
dct = np.cos(np.pi / 128 * (n[None, :] + 0.5) * np.arange(20)[:, None]) * np.sqrt(2 / 128)
dct[0] /= np.sqrt(2)
dct = table(dct)
hz = librosa.fft_frequencies(sr=RATE, n_fft=N_FFT)
bin_hz = table(hz)


def contrast_bands():
    edges = np.concatenate([[0], 200 * 2.0 ** np.arange(0, 7)])
    bands = []
    for k, (low, high) in enumerate(zip(edges[:-1], edges[1:])):
        inside = np.flatnonzero((hz >= low) & (hz <= high))
        first, last = inside[0], inside[-1]
        if k > 0:
            first -= 1
        if k == 6:
            last = len(hz) - 1
        count = max(int(np.rint(0.02 * (last - first + 1))), 1)
        bands.append((first, last + 1 if k == 6 else last, count))
    return bands


BANDS = contrast_bands()


def power_to_db(power):
    db = 10 * torch.log10(torch.clamp(power, min=1e-10))
    return torch.maximum(db, db.amax(dim=(1, 2), keepdim=True) - 80)


def measure_batch(y):
    stft = torch.stft(y, N_FFT, HOP, window=window, center=True, pad_mode="constant", return_complex=True)
    power = stft.real.square() + stft.imag.square()  # [batch, bins, frames]
    magnitude = power.sqrt()
    total = magnitude.sum(1, keepdim=True).clamp(min=1e-30)
    norm = magnitude / total
    centroid = torch.einsum("bkt,k->bt", norm, bin_hz)
    deviation = (bin_hz[None, :, None] - centroid[:, None, :]).square_()
    bandwidth = (norm * deviation).sum(1).sqrt()
    clipped = power.clamp(min=1e-10)
    flatness = clipped.log().mean(1).exp() / clipped.mean(1)
    mel = mel_bank @ power
    mfcc = dct @ power_to_db(mel)
    chroma = chroma_bank @ power
    chroma = chroma / chroma.amax(1, keepdim=True).clamp(min=1.2e-38)
    valleys, peaks = [], []
    for first, end, count in BANDS:
        band = magnitude[:, first:end]
        valleys.append(band.topk(count, dim=1, largest=False).values.mean(1))
        peaks.append(band.topk(count, dim=1).values.mean(1))
    contrast = power_to_db(torch.stack(peaks, 1)) - power_to_db(torch.stack(valleys, 1))
    padded = torch.nn.functional.pad(y, (N_FFT // 2, N_FFT // 2))
    rms = padded.unfold(1, N_FFT, HOP).square().mean(2).sqrt()
    edged = torch.cat([y[:, :1].expand(-1, N_FFT // 2), y, y[:, -1:].expand(-1, N_FFT // 2)], 1)
    signs = torch.signbit(torch.where(edged.abs() <= 1e-10, torch.zeros_like(edged), edged))
    changes = torch.nn.functional.pad((signs[:, 1:] != signs[:, :-1]).float(), (1, 0))
    frames = changes.unfold(1, N_FFT, HOP)
    zero_crossings = (frames.sum(2) - frames[:, :, 0]) / N_FFT
    rows = {
        "bandwidth": bandwidth.mean(1),
        "rms": rms.mean(1),
        "flatness": flatness.mean(1),
        "zeroCrossingRate": zero_crossings.mean(1),
        "chroma": chroma.mean(2),
        "mel": mel.mean(2),
        "mfcc": mfcc.mean(2),
        "contrast": contrast.mean(2),
    }
    return {name: values.cpu().numpy() for name, values in rows.items()}


@torch.inference_mode()
def measure(sounds, _rate):
    rows = [None] * len(sounds)
    by_length = {}
    for i, y in enumerate(sounds):
        by_length.setdefault(len(y), []).append(i)
    for members in by_length.values():
        for start in range(0, len(members), BATCH):
            part = members[start : start + BATCH]
            y = torch.from_numpy(np.stack([sounds[i] for i in part])).to(device)
            batch = measure_batch(y)
            for j, i in enumerate(part):
                rows[i] = {name: values[j] for name, values in batch.items()}
    return rows


serve_features(
    "PyTorch" if device.type == "cpu" else f"PyTorch, {torch.cuda.get_device_name()}",
    torch.__version__,
    lambda path, rate: librosa.load(path, sr=rate)[0],
    measure,
    own=["chroma"],
    note="chroma without estimating the tuning",
)
