// Finds people in a small picture: MediaPipe's model "Selfie Segmentation (landscape)", run by TensorFlow Lite. For a worker: the page's
// policy allows no WebAssembly.

import createTFLite from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js';
import { toInput } from './mask';

export interface Segmenter {
  /** The size of the pictures that it takes, in pixels. */
  readonly width: number;
  readonly height: number;
  /** How sure it is of each pixel, from 0 to 1. What is answered is valid until the next call. */
  segment(pixels: Uint8ClampedArray): Float32Array;
}

const quiet = () => undefined;

/** Throws where the browser cannot run it. */
export async function loadSegmenter(wasmBinary: ArrayBuffer, model: ArrayBuffer): Promise<Segmenter> {
  const tflite = await createTFLite({ wasmBinary, print: quiet, printErr: quiet });
  tflite.HEAPU8.set(new Uint8Array(model), tflite._getModelBufferMemoryOffset());
  if (tflite._loadModel(model.byteLength) !== 0) throw new Error('the model was not understood');
  const [width, height] = [tflite._getInputWidth(), tflite._getInputHeight()];
  const pixels = width * height;
  // Of the heap as it is now: it may have moved.
  const floats = (offset: number, count: number) => tflite.HEAPF32.subarray(offset / 4, offset / 4 + count);
  return {
    width,
    height,
    segment(picture) {
      toInput(picture, floats(tflite._getInputMemoryOffset(), pixels * 3));
      tflite._runInference();
      return floats(tflite._getOutputMemoryOffset(), pixels);
    },
  };
}
