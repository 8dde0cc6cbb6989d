import * as tf from '@tensorflow/tfjs-core';

/** What our kernels use of TensorFlow.js's webgpu backend, as its version 4.22 has it. */
export interface GpuBackend {
  readonly device: {
    readonly limits: { readonly maxComputeWorkgroupStorageSize: number; readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number };
    createBuffer(settings: { readonly size: number; readonly usage: number }): GpuBuffer;
  };
  readonly queue: { writeBuffer(buffer: GpuBuffer, bufferOffset: number, data: ArrayBufferLike, dataOffset: number, size: number): void };
  makeTensorInfo(shape: readonly number[], dtype: tf.DataType, values: Float32Array | Int32Array): tf.TensorInfo;
  disposeData(dataId: object): void;
  runWebGPUProgram(program: object, inputs: readonly tf.TensorInfo[], dtype: tf.DataType, uniforms: readonly { readonly type: 'int32' | 'float32'; readonly data: readonly number[] }[]): tf.TensorInfo;
}

/** Memory of the device. */
export interface GpuBuffer {
  destroy(): void;
}

/** A compute shader: what it reads, and its code. One pipeline is compiled for each different `key`, whatever the sizes of its tensors. */
export interface GpuProgram {
  /** Names the code: two programs of one key have the same. */
  readonly key: string;
  /** The inputs' names in the code, where each is an array<f32> or array<i32>. */
  readonly inputs: readonly string[];
  /** Names of the integers that every call gives anew: `uniforms.name` in the code. */
  readonly uniforms?: readonly string[];
  /** Invocations of a workgroup. */
  readonly workgroupSize: number;
  /** WGSL with `fn kernel()`, which uses every input; the output is `result`, and `localIndex` and `workgroupId` tell who is running. */
  readonly code: string;
  readonly dtype?: 'float32' | 'int32';
  /** Values of a vector that each element of an input or of the output is, 1 or 4. Default 1 for all. */
  readonly components?: readonly number[];
}

/** How much of a program runs, and what comes out. */
export interface GpuCall {
  readonly program: GpuProgram;
  readonly workgroups: readonly [number, number?];
  readonly shape: readonly number[];
  readonly uniforms?: readonly number[];
}

/** The current backend where it is webgpu, else undefined. */
export function gpuBackend(): GpuBackend | undefined {
  return tf.getBackend() === 'webgpu' ? (tf.backend() as unknown as GpuBackend) : undefined;
}

/**
 * Registers a kernel of our own, unless that is done: `runGpuKernel` then runs any program under its name.
 *
 * @param kernelName one that TensorFlow.js does not have: stock kernels are never replaced.
 */
export function registerGpuKernel(kernelName: string): void {
  if (tf.getKernel(kernelName, 'webgpu') !== undefined) return;
  tf.registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) => runGpuProgram(backend as unknown as GpuBackend, kernelName, inputs as unknown as Readonly<Record<string, tf.TensorInfo>>, (attrs as unknown as { call: GpuCall }).call),
  });
}

/**
 * Runs a program within a kernel.
 *
 * @param name what Dawn calls it in its messages, and TensorFlow.js in its timings.
 */
export function runGpuProgram(backend: GpuBackend, name: string, inputs: Readonly<Record<string, tf.TensorInfo>>, { program, workgroups, shape, uniforms = [] }: GpuCall): tf.TensorInfo {
  const [x, y = 1] = workgroups;
  return backend.runWebGPUProgram(
    {
      constructor: { name },
      variableNames: [...program.inputs],
      uniforms: (program.uniforms ?? []).map((uniform) => `${uniform} : i32,`).join(' '),
      outputShape: [...shape],
      workgroupSize: [program.workgroupSize, 1, 1],
      dispatch: [x, y, 1],
      // No layout that TensorFlow.js knows: our code finds its own place.
      dispatchLayout: { x: [0], y: [] },
      ...(program.components !== undefined && { variableComponents: [...program.components] }),
      shaderKey: program.key,
      size: false,
      // The backend binds its uniforms always, and a pipeline's layout has only what its code reads.
      getUserCode: () => `${program.code}\nfn main(index : i32) { if (uniforms.INFINITY != 0.0) { kernel(); } }`,
    },
    program.inputs.map((input) => inputs[input]!),
    program.dtype ?? 'float32',
    uniforms.map((value) => ({ type: 'int32' as const, data: [value] })),
  );
}

/** Runs a program. The caller disposes the result; the inputs are not disposed. */
export function runGpuKernel(kernelName: string, inputs: Readonly<Record<string, tf.Tensor>>, call: GpuCall): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs as unknown as tf.NamedTensorMap, { call } as unknown as tf.NamedAttrMap);
}
