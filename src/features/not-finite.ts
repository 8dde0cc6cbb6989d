import { SoundkinError } from '../errors.js';
import type { TrackFeatures } from './extract.js';

/** The first column that is not a finite number, as an error for the sound's row. */
export function notFinite(features: TrackFeatures): SoundkinError | undefined {
  for (const [layout, row] of Object.entries(features)) {
    const column = row.findIndex((value) => !Number.isFinite(value));
    if (column >= 0) {
      return new SoundkinError('FEATURES_NOT_FINITE', `features: expected finite numbers, got ${row[column]} in column ${column} of ${layout}. The samples may be far beyond full scale.`);
    }
  }
  return undefined;
}
