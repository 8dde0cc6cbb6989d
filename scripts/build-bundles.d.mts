export function buildBundles(dist?: string, onlyWorker?: boolean): Promise<void>;
