import * as tf from '@tensorflow/tfjs-core';

type Kernel = NonNullable<ReturnType<typeof tf.getKernel>>;

let replaced: Kernel[] = [];

/** Puts a check before a backend's own kernel: what it throws is what the device would. */
export function failBefore(backend: string, name: string, check: (inputs: readonly tf.Tensor[]) => void): void {
  const kernel = tf.getKernel(name, backend);
  if (kernel === undefined || kernel === null) throw new Error(`${backend} has no kernel ${name}`);
  replaced.push(kernel);
  tf.unregisterKernel(name, backend);
  tf.registerKernel({
    ...kernel,
    kernelFunc: (args) => {
      check(Object.values(args.inputs) as unknown as tf.Tensor[]);
      return kernel.kernelFunc(args);
    },
  });
}

/** Puts the kernels back. */
export function mendKernels(): void {
  for (const kernel of replaced.reverse()) {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(kernel);
  }
  replaced = [];
}
