import type { Clustering } from './clustering.js';

const FORMAT = 'soundkin-clustering';
const FORMAT_VERSION = 1;

/** float32 in the fewest digits that always bring it back (9). */
function shortest(value: number): number {
  return Number(value.toPrecision(9));
}

/** A number, or NaN for the null that JSON and Parquet hold in place of what is not finite. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

/** All of a clustering but its members, as JSON. */
export function aboutText(clustering: Clustering): string {
  const { members: _, centroids, ...rest } = clustering;
  const rows = Array.from({ length: clustering.k }, (_row, k) =>
    Array.from(centroids.subarray(k * clustering.width, (k + 1) * clustering.width), shortest),
  );
  return JSON.stringify({ format: FORMAT, formatVersion: FORMAT_VERSION, ...rest, centroids: rows });
}

/** What `aboutText` wrote. @throws Error when it is something else. */
export function parseAbout(text: string): Omit<Clustering, 'members'> {
  const json = JSON.parse(text) as Omit<Clustering, 'members' | 'centroids'> & {
    format: string;
    formatVersion: number;
    centroids: (number | null)[][];
  };
  const { format, formatVersion, centroids, ...rest } = json;
  if (format !== FORMAT || formatVersion !== FORMAT_VERSION) {
    throw new Error(`${format} ${formatVersion}, which this version of Soundkin does not know`);
  }
  return {
    ...rest,
    inertia: numberOf(rest.inertia),
    scores: Object.fromEntries(Object.entries(rest.scores).map(([key, value]) => [key, numberOf(value)])),
    scaler: rest.scaler && {
      ...rest.scaler,
      offset: rest.scaler.offset.map(numberOf),
      scale: rest.scaler.scale.map(numberOf),
    },
    centroids: Float32Array.from(centroids.flat(), numberOf),
  };
}
