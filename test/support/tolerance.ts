/** How near every backend must come to librosa: the contract of tensor-dsp. */

/** Largest |ours - librosa's| as a share of the row's largest value. librosa's own float64 is within 3e-6 of its float32. */
export const RELATIVE_BOUND = 1e-4;

/** Largest |ours - librosa's| of cepstra, their deltas and contrast. librosa's own float64 is within 2e-4 of its float32. */
export const ABSOLUTE_BOUND = 0.01;

/**
 * Largest |ours - librosa's| of the power spectrogram as a share of the largest value of its *bin over time*: the stricter reading of a row. A bin some
 * 140 dB below the loudest one is rounding noise in librosa's float32 as well, so this is wider than RELATIVE_BOUND.
 */
export const POWER_BIN_BOUND = 4e-4;

/** Roll-off compares sums that rounding may tip: it may be one bin off in so large a share of all frames. */
export const ROLLOFF_SHARE = 1 / 1000;

/** Largest |ours - naive float64 transform| as a share of the frame's largest magnitude. */
export const TRANSFORM_BOUND = 2e-6;

/** Largest difference between a sound in a batch and alone, as a share of the largest value: another order of a few additions. */
export const BATCH_BOUND = 2e-6;

/** Tables are float64: as a share of the largest value. */
export const TABLE_BOUND = 1e-12;
