"""Essentia in standard mode: streaming from memory takes twenty times as long, since it copies samples one by one.

Chroma (HPCP), MFCC, contrast and zero crossings (which leave out runs of zeros) follow its own definitions; mel bands come with the MFCC.
"""
import essentia
import essentia.standard as standard
import numpy as np
from adapter import read_job, serve_features

essentia.log.infoActive = False
essentia.log.warningActive = False
N_FFT, HOP = 2048, 512
RATE = read_job()["sampleRate"]

window = standard.Windowing(type="hann", normalized=False, zeroPhase=False)
spectrum_of = standard.Spectrum(size=N_FFT)
mfcc_of = standard.MFCC(inputSize=N_FFT // 2 + 1, numberBands=128, numberCoefficients=20, sampleRate=RATE, lowFrequencyBound=0, highFrequencyBound=RATE / 2, warpingFormula="slaneyMel", type="power", weighting="linear", normalize="unit_tri", dctType=2, logType="dbpow")
moments_of = standard.CentralMoments(range=RATE / 2, mode="pdf")
shape_of = standard.DistributionShape()
flatness_of = standard.Flatness()
contrast_of = standard.SpectralContrast(frameSize=N_FFT, sampleRate=RATE, numberBands=6, lowFrequencyBound=200, highFrequencyBound=RATE / 2 * 0.98, neighbourRatio=0.04)
peaks_of = standard.SpectralPeaks(sampleRate=RATE, maxPeaks=60, magnitudeThreshold=1e-5, minFrequency=40, maxFrequency=5000, orderBy="magnitude")
hpcp_of = standard.HPCP(size=12, sampleRate=RATE)
rms_of = standard.RMS()
crossings_of = standard.ZeroCrossingRate()


def measure_one(y):
    rows = {name: [] for name in ["bandwidth", "rms", "flatness", "zeroCrossingRate", "chroma", "mel", "mfcc", "contrast"]}
    for frame in standard.FrameGenerator(y, frameSize=N_FFT, hopSize=HOP, startFromZero=False, lastFrameToEndOfFile=False):
        spectrum = spectrum_of(window(frame))
        bands, coefficients = mfcc_of(spectrum)
        spread, _, _ = shape_of(moments_of(spectrum))
        rows["bandwidth"].append(max(spread, 0) ** 0.5)
        rows["rms"].append(rms_of(frame))
        rows["flatness"].append(flatness_of(spectrum * spectrum))
        rows["zeroCrossingRate"].append(crossings_of(frame))
        rows["chroma"].append(hpcp_of(*peaks_of(spectrum)))
        rows["mel"].append(bands)
        rows["mfcc"].append(coefficients)
        rows["contrast"].append(contrast_of(spectrum)[0])
    return {name: np.mean(values, axis=0) for name, values in rows.items()}


serve_features(
    "Essentia",
    essentia.__version__,
    lambda path, rate: standard.MonoLoader(filename=path, sampleRate=rate)(),
    lambda sounds, rate: [measure_one(np.asarray(y, dtype=np.float32)) for y in sounds],
    own=["chroma", "mfcc", "contrast", "zeroCrossingRate"],
)
