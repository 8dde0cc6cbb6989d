/** Builds the report's page.js and page.css into a folder, dist/report unless told otherwise. */
export function buildPage(outDir?: string): Promise<void>;
