/** Folders and files as a list of tracks in a stable order. */
export { scan, type ScanOptions, type ScanProblem, type ScanResult, type Track } from './scan.js';
