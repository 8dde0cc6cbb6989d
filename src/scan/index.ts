/** Folders and files as a list of tracks in a stable order. */
export { scan, type PassedOver, type ScanOptions, type ScanResult, type Track } from './scan.js';
export type { ScanProblem } from './scan-problem.js';
