// Packages without types of their own, as far as they are used here. No exported type may mention them.

declare module 'node-wav' {
  const nodeWav: {
    decode(bytes: ArrayBuffer | Uint8Array): { sampleRate: number; channelData: Float32Array[] } | undefined;
    encode(
      channelData: readonly Float32Array[],
      options: { sampleRate: number; float?: boolean; bitDepth?: number },
    ): Uint8Array;
  };
  export default nodeWav;
}

declare module '@echogarden/speex-resampler-wasm/simd' {
  export interface SpeexModule {
    HEAPF32: Float32Array;
    HEAPU32: Uint32Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _speex_resampler_init(channels: number, inRate: number, outRate: number, quality: number, error: number): number;
    _speex_resampler_destroy(state: number): void;
    _speex_resampler_skip_zeros(state: number): number;
    _speex_resampler_reset_mem(state: number): number;
    _speex_resampler_process_float(
      state: number,
      channel: number,
      input: number,
      inputLength: number,
      output: number,
      outputLength: number,
    ): number;
  }
  export default function createSpeex(): Promise<SpeexModule>;
}
