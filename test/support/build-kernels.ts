import { buildKernels } from '../../scripts/build-kernels.mjs';

/** Compiles the kernels before the tests, where that was not done since their sources changed. */
export default async function setup(): Promise<void> {
  await buildKernels(undefined, true);
}
