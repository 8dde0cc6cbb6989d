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
