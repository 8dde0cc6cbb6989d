import { describe, expect, it } from 'vitest';
import { classifyFault } from '../../src/device/classify-fault.js';
import { SoundkinError } from '../../src/errors.js';

/** TypeScript has WebAssembly's types for browsers only. */
const { RuntimeError } = (globalThis as unknown as { WebAssembly: { RuntimeError: new (message: string) => Error } }).WebAssembly;

/** An error of a class that only Dawn makes. */
function named(name: string, message: string): Error {
  return new { [name]: class extends Error {} }[name]!(message);
}

/** As the libraries word them: tfjs-node 4.22 with TensorFlow 2.21, webgpu 0.6 (Dawn), tfjs-backend-wasm 4.22, V8. */
const SAID: readonly (readonly [string, unknown, ReturnType<typeof classifyFault>])[] = [
  ['TensorFlow without memory', new Error('Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[524288,524288] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc'), 'out-of-memory'],
  ['TensorFlow whose products have no room', new Error('Invalid TF_Status: 8\nMessage: RESOURCE_EXHAUSTED: failed to allocate memory'), 'out-of-memory'],
  ['Vulkan without memory', named('GPUOutOfMemoryError', 'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While calling [Device].CreateBuffer([BufferDescriptor """"]).'), 'out-of-memory'],
  ['a buffer beyond what the device has', named('GPUValidationError', 'Buffer size (1073742080) exceeds the max buffer size limit (1073741824).\n - While calling [Device].CreateBuffer([BufferDescriptor """"]).'), 'out-of-memory'],
  ['a binding beyond what a shader reaches', named('GPUValidationError', 'Binding size (2147483648) of [Buffer] is larger than the maximum storage buffer binding size (134217728).'), 'out-of-memory'],
  ['our own check of WebAssembly', new Error('WebAssembly is out of memory: 64000 bytes more were asked for'), 'out-of-memory'],
  ['V8 where WebAssembly asks for too much', new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded'), 'out-of-memory'],
  ['V8 without room for an array', new RangeError('Array buffer allocation failed'), 'out-of-memory'],
  ['V8 asked for an impossible array', new RangeError('Invalid typed array length: 99999999999'), 'out-of-memory'],
  ['a reading that a lost device ends', new DOMException('', 'AbortError'), 'device-lost'],
  ['a lost device, in words', new Error('the device was lost (destroyed: device was destroyed)'), 'device-lost'],
  ['what Dawn refuses for want of the buffer before', named('GPUValidationError', '[Invalid CommandBuffer] is invalid due to a previous error.'), 'device-lost'],
  ['an Emscripten program that ended itself', new RuntimeError('Aborted(). Build with -sASSERTIONS for more info.'), 'device-lost'],
  ['a trap', new RuntimeError('memory access out of bounds'), 'device-lost'],
  ['CUDA after a fault', new Error('Invalid TF_Status: 13\nMessage: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered'), 'device-lost'],
];

describe('classifyFault', () => {
  it.each(SAID)('%s', (_, error, kind) => {
    expect(classifyFault(error)).toBe(kind);
  });

  it('leaves what is not the device\'s', () => {
    for (const error of [
      new TypeError("Cannot read properties of undefined (reading 'shape')"),
      new RangeError('Maximum call stack size exceeded'),
      new Error("Argument 'x' passed to 'matMul' must be a Tensor"),
      new Error('Invalid TF_Status: 3\nMessage: In[0] mismatch In[1] shape'),
      new SoundkinError('DSP_RANGE', 'tensor-dsp: out of memory is only said here'),
      new Error('the feature kernel stopped at 12:3'),
      AbortSignal.abort().reason,
      undefined,
      null,
      'a text',
    ]) {
      expect(classifyFault(error), String(error)).toBe('other');
    }
  });
});
