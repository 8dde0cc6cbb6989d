import * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend, GpuBuffer } from '../../../web-gpu.js';
import { roomFor, samplesOf, type Placement } from './packed-batch.js';

// WebGPU's numbers for a storage buffer that can be written to, and that TensorFlow.js takes for a tensor.
const USAGE = 0x80 | 0x8 | 0x4;

/** The device's memory for a batch's samples: written straight from where they lie, and used again for the next batch. */
export interface SampleBuffer {
  /**
   * Sends samples: as 16-bit integers where all sounds have them, else as float32.
   *
   * @returns float32, or int32 where two samples share a word. The caller disposes it, which leaves the buffer as it is.
   */
  upload(placements: readonly Placement[], nSamples: number): tf.Tensor1D;
  dispose(): void;
}

export function createSampleBuffer({ device, queue }: GpuBackend): SampleBuffer {
  let buffer: GpuBuffer | undefined;
  let bytes = 0;
  const send = (values: Float32Array | Int16Array, at: number): void => {
    // Dawn for Node takes no shared memory (and writes whole words only).
    const own = typeof SharedArrayBuffer !== 'undefined' && values.buffer instanceof SharedArrayBuffer ? values.slice() : values;
    const offset = at * own.BYTES_PER_ELEMENT;
    const whole = own.byteLength & ~3;
    if (whole > 0) queue.writeBuffer(buffer!, offset, own.buffer, own.byteOffset, whole);
    if (whole < own.byteLength) queue.writeBuffer(buffer!, offset + whole, Int16Array.of(own[own.length - 1]!, 0).buffer, 0, 4);
  };
  return {
    upload: (placements, nSamples) => {
      const pcm16 = placements.every(({ sound }) => sound.pcm16 !== undefined);
      const words = pcm16 ? Math.ceil(nSamples / 2) : nSamples;
      if (4 * words > bytes) {
        buffer?.destroy();
        bytes = Math.min(4 * roomFor(words), Math.max(device.limits.maxStorageBufferBindingSize, 4 * words));
        buffer = device.createBuffer({ size: bytes, usage: USAGE });
      }
      for (const { sound, start, end, at } of placements) {
        if (end > start) send(pcm16 ? sound.pcm16!.subarray(start, end) : floats(samplesOf(sound), start, end), at);
      }
      const data = { buffer, zeroCopy: true } as unknown as tf.TensorLike;
      return tf.tensor(data, [Math.floor(bytes / 4)], pcm16 ? 'int32' : 'float32') as tf.Tensor1D;
    },
    dispose: () => {
      buffer?.destroy();
      buffer = undefined;
      bytes = 0;
    },
  };
}

function floats(samples: Float32Array | Int16Array, start: number, end: number): Float32Array {
  const part = samples.subarray(start, end);
  return part instanceof Float32Array ? part : Float32Array.from(part, (value) => value / 32768);
}
