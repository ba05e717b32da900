// TensorFlow Lite as `@twilio/video-processors` has it, which comes without types.

declare module '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js' {
  interface TFLite {
    readonly HEAPU8: Uint8Array;
    readonly HEAPF32: Float32Array;
    _getModelBufferMemoryOffset(): number;
    /** 0 where it was understood. */
    _loadModel(bytes: number): number;
    _getInputMemoryOffset(): number;
    _getInputWidth(): number;
    _getInputHeight(): number;
    _getOutputMemoryOffset(): number;
    _runInference(): number;
  }
  const create: (options: { wasmBinary: ArrayBuffer; print: (text: string) => void; printErr: (text: string) => void }) => Promise<TFLite>;
  export default create;
}
