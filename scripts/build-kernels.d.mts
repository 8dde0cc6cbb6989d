export function buildKernels(dist?: string, onlyStale?: boolean): Promise<void>;
