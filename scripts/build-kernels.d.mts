/** Compiles the AssemblyScript kernels into a folder, dist/decode/kernels unless told otherwise. */
export function buildKernels(outDir?: string): Promise<void>;
