"""librosa as its users write it: one call a feature, each from the samples."""
import librosa
from adapter import serve_features

f = librosa.feature


def measure_one(y, sr):
    features = {
        "bandwidth": f.spectral_bandwidth(y=y, sr=sr),
        "rms": f.rms(y=y),
        "flatness": f.spectral_flatness(y=y),
        "zeroCrossingRate": f.zero_crossing_rate(y),
        "chroma": f.chroma_stft(y=y, sr=sr),
        "mel": f.melspectrogram(y=y, sr=sr),
        "mfcc": f.mfcc(y=y, sr=sr, n_mfcc=20),
        "contrast": f.spectral_contrast(y=y, sr=sr),
    }
    return {name: values.mean(axis=1) for name, values in features.items()}


serve_features(
    "librosa, one call a feature",
    librosa.__version__,
    lambda path, rate: librosa.load(path, sr=rate)[0],
    lambda sounds, rate: [measure_one(y, rate) for y in sounds],
)
