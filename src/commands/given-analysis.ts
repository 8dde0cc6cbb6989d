import type { AnalysisSettings } from '../config/analysis.js';
import { excerptSettings, parseExcerpt } from '../decode/excerpt.js';

/** Settings as a person gives them; what is not given is the library's to say. */
export interface GivenAnalysis {
  readonly sampleRate?: number | undefined;
  readonly nFft?: number | undefined;
  readonly hopLength?: number | undefined;
  /** A part of every sound, such as 60s@middle; 'all' for all of it. */
  readonly excerpt?: string | undefined;
}

/** @throws CONFIG_RANGE when the excerpt cannot be understood. */
export function givenAnalysis({ sampleRate, nFft, hopLength, excerpt }: GivenAnalysis): Partial<AnalysisSettings> {
  return {
    ...(sampleRate !== undefined && { sampleRate }),
    ...(nFft !== undefined && { nFft }),
    ...(hopLength !== undefined && { hopLength }),
    ...(excerpt !== undefined && (excerpt === 'all' ? { excerptSeconds: 0, excerptPlace: 0 } : excerptSettings(parseExcerpt(excerpt)))),
  };
}
