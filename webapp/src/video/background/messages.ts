// What the page and the worker say to each other.

import type { Effect } from './effects';

/** What is to be seen behind; `picture` is what belongs to `own`. */
export interface Behind {
  effect: Effect;
  picture?: Blob | undefined;
}

export type ToWorker =
  /** The first message: where the model and what runs it are. */
  | { type: 'load'; wasm: string; model: string; behind: Behind; ticks: boolean }
  | { type: 'behind'; behind: Behind }
  /** The camera's frames and what goes out, where the browser has streams of frames. */
  | { type: 'streams'; readable: ReadableStream<VideoFrame>; writable: WritableStream<VideoFrame> }
  /** What answers a tick, where it has none: a frame, or none as the camera has not begun yet. */
  | { type: 'frame'; frame: ImageBitmap | null }
  /** Nothing is wanted any more: the camera's stream is about to end. */
  | { type: 'stop' };

export type FromWorker =
  /** From now on frames are worked on. */
  | { type: 'ready' }
  /** It is time for the next frame: the page is to send one. */
  | { type: 'tick' }
  | { type: 'frame'; frame: ImageBitmap }
  /** Nothing will come any more, as was wanted: every frame was given back. */
  | { type: 'stopped' }
  /** Nothing will come any more. */
  | { type: 'failed' };
