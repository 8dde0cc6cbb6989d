export function buildBundles(dist?: string, onlyStale?: boolean): Promise<void>;
