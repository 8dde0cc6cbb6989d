export { renderReport } from './html.js';
export { PEAK_COUNT, soundPeaks } from './peaks.js';
export { planPreviews, previewBytes } from './plan-previews.js';
export { createPreview, PREVIEW_RATE, PREVIEW_SECONDS } from './preview.js';
export type { Preview } from './preview.js';
export { renderSweepSvg } from './sweep-svg.js';
export type { ReportData, ReportSound } from './report-data.js';
