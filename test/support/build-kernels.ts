import { buildBundles } from '../../scripts/build-bundles.mjs';
import { buildKernels } from '../../scripts/build-kernels.mjs';

/** Compiles the kernels and bundles the worker threads' module before the tests, where that was not done since their sources changed. */
export default async function setup(): Promise<void> {
  await buildKernels(undefined, true);
  await buildBundles(undefined, true);
}
