/** `0.4 s`, `12 s`, `3:07`, `1:02:09`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** `48 s`, `11 min`, `3 h 12 min`. */
export function formatLength(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${formatCount(Math.floor(minutes / 60))} h${rest ? ` ${rest} min` : ''}`;
}

/** `12,345`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en');
}

/** `1 sound`, `12,345 sounds`. */
export function plural(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A score with two digits and a true minus sign; a dash where it is not defined. */
export function formatScore(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const text = value.toFixed(2).replace(/^-0\.00$/, '0.00');
  return text.replace('-', '−');
}

/** `842`, `12.3k`, `4.56M`: for an axis. */
export function formatCompact(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 });
  return value.toLocaleString('en', { maximumSignificantDigits: 3 }).replace('-', '−');
}

/** `8,123.5`: five digits, for reading off. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toLocaleString('en', { maximumSignificantDigits: 5 }).replace('-', '−');
}

/** A silhouette in words. */
export function silhouetteWords(value: number): string {
  if (!Number.isFinite(value)) return 'not defined';
  if (value >= 0.5) return 'well apart';
  if (value >= 0.25) return 'fairly apart';
  if (value >= 0) return 'overlapping';
  return 'mixed up';
}
