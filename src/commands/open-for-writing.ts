import { createAnalysisSettings, DEFAULT_ANALYSIS, settingsHash, type AnalysisSettings } from '../config/analysis.js';
import { SoundkinError } from '../errors.js';
import { featureLayout, FEATURE_LAYOUTS, FEATURE_SET_VERSION } from '../features/feature-set.js';
import { openLibrary, type Library, type LibraryFormat } from '../library/index.js';

/**
 * Opens the library with its own settings, or makes one; settings given explicitly must be those it was made with.
 *
 * @throws LIBRARY_MIXED, LIBRARY_FORMAT, LIBRARY_WRITE; CONFIG_RANGE.
 */
export async function openForWriting(dir: string, given: Partial<AnalysisSettings>): Promise<Library> {
  let existing: Library | undefined;
  try {
    existing = await openLibrary(dir);
  } catch (error) {
    if (!(error instanceof SoundkinError) || error.code !== 'LIBRARY_NOT_FOUND') throw error;
  }
  const settings = createAnalysisSettings({ ...(existing?.format.settings ?? DEFAULT_ANALYSIS), ...given });
  if (existing !== undefined && existing.format.featureSetVersion === FEATURE_SET_VERSION && settingsHash(existing.format.settings) === settingsHash(settings)) return existing;
  await existing?.close();
  return openLibrary(dir, { create: libraryFormat(settings) });
}

function libraryFormat(settings: AnalysisSettings): LibraryFormat {
  return {
    featureSetVersion: FEATURE_SET_VERSION,
    settings,
    recipes: FEATURE_LAYOUTS.map((name) => ({ name, width: featureLayout(name, settings).width })),
  };
}
