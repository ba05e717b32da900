// From a camera's track to one with something else behind, by the worker. The page only hands on.

import type { Behind, FromWorker, ToWorker } from './messages';

/** How long it may take until frames are worked on, in milliseconds: about one megabyte is loaded. */
export const PATIENCE = 30_000;

/** How long the worker may take to give back the frames that it has, in milliseconds. */
export const ENDS_WITHIN = 1_000;

/** The files of public/ that are needed. */
export const FILES_NEEDED = { worker: 'background.js', wasm: 'tflite-simd.wasm', model: 'selfie-segmentation.tflite' } as const;

/** W3C's "MediaStreamTrack Insertable Media Processing using Streams" as Chromium has it on a page, which TypeScript's own types lack. */
interface Streams {
  MediaStreamTrackProcessor?: new (of: { track: MediaStreamTrack; maxBufferSize: number }) => { readable: ReadableStream<VideoFrame> };
  MediaStreamTrackGenerator?: new (of: { kind: 'video' }) => MediaStreamTrack & { writable: WritableStream<VideoFrame> };
}

/** Whether this browser has what is needed. Whether it may use it shows when it is begun. */
export function canProcess(): boolean {
  const has = (name: string) => name in globalThis;
  if (!['Worker', 'WebAssembly', 'OffscreenCanvas', 'ImageData', 'createImageBitmap'].every(has)) return false;
  const canvas = (globalThis as { HTMLCanvasElement?: { prototype: object } }).HTMLCanvasElement;
  return hasStreams() || (canvas !== undefined && 'captureStream' in canvas.prototype);
}

function hasStreams(): boolean {
  return 'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis;
}

/** One way for frames to go to the worker and back. */
interface Way {
  readonly track: MediaStreamTrack;
  /** The worker is ready. */
  begin(send: Send): void;
  /** Another message of the worker's. */
  hear(message: FromWorker, send: Send): void;
  /** No more frames are to go to the worker. */
  end(): void;
}

type Send = (message: ToWorker, transfer?: Transferable[]) => void;

/** Frames go to the worker and back without the page. */
function byStreams(camera: MediaStreamTrack): Way {
  const { MediaStreamTrackProcessor: Processor, MediaStreamTrackGenerator: Generator } = globalThis as Streams;
  if (!Processor || !Generator) throw new Error('no streams');
  const track = new Generator({ kind: 'video' });
  // It can be ended while the camera goes on.
  const copy = camera.clone();
  return {
    track,
    begin: (send) => {
      const { readable } = new Processor({ track: copy, maxBufferSize: 1 });
      const { writable } = track;
      // TypeScript does not know that streams can be given away.
      send({ type: 'streams', readable, writable }, [readable, writable] as unknown as Transferable[]);
    },
    hear: () => undefined,
    end: () => copy.stop(),
  };
}

/** Where a page has no streams of frames: by a video and a canvas that nobody sees. */
function byCanvas(camera: MediaStreamTrack): Way {
  const video = document.createElement('video');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  const [track] = context ? canvas.captureStream().getVideoTracks() : [];
  if (!context || !track) throw new Error('no canvas');
  video.muted = true;
  video.playsInline = true;
  return {
    track,
    begin: () => {
      video.srcObject = new MediaStream([camera]);
      void video.play().catch(() => undefined);
    },
    hear: (message, send) => {
      if (message.type === 'tick') {
        const frame = video.readyState >= video.HAVE_CURRENT_DATA ? createImageBitmap(video) : Promise.resolve(null);
        frame.catch(() => null).then((one) => send({ type: 'frame', frame: one }, one ? [one] : []), () => undefined);
      } else if (message.type === 'frame') {
        const { frame } = message;
        if (canvas.width !== frame.width || canvas.height !== frame.height) Object.assign(canvas, { width: frame.width, height: frame.height });
        context.drawImage(frame, 0, 0);
        frame.close();
      }
    },
    end: () => {
      video.srcObject = null;
    },
  };
}

/** A camera with something else behind. */
export class Pipeline {
  private over = false;

  private constructor(
    private readonly worker: Worker,
    private readonly way: Way,
  ) {}

  /** What goes out. It has frames as soon as the camera has. */
  get track(): MediaStreamTrack {
    return this.way.track;
  }

  /** Loads what is needed; `failed` is called where it ends by itself later. Rejects where it cannot be had. */
  static start(camera: MediaStreamTrack, behind: Behind, file: (name: string) => string, failed: () => void): Promise<Pipeline> {
    return new Promise((resolve, reject) => {
      // A worker's own addresses are relative to itself.
      const address = (name: string) => new URL(file(name), window.location.href).href;
      const worker = new Worker(address(FILES_NEEDED.worker));
      const pipeline = new Pipeline(worker, hasStreams() ? byStreams(camera) : byCanvas(camera));
      const send: Send = (message, transfer = []) => worker.postMessage(message, transfer);
      const fail = () => {
        clearTimeout(timer);
        if (pipeline.over) return;
        pipeline.over = true;
        pipeline.way.end();
        pipeline.close();
        reject(new Error('The background cannot be changed here.'));
        failed();
      };
      const timer = setTimeout(fail, PATIENCE);
      worker.onerror = fail;
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === 'stopped') pipeline.close();
        if (pipeline.over) return;
        if (data.type === 'failed') {
          fail();
        } else if (data.type === 'ready') {
          clearTimeout(timer);
          pipeline.way.begin(send);
          resolve(pipeline);
        } else {
          pipeline.way.hear(data, send);
        }
      };
      send({ type: 'load', wasm: address(FILES_NEEDED.wasm), model: address(FILES_NEEDED.model), behind, ticks: !hasStreams() });
    });
  }

  show(behind: Behind): void {
    this.worker.postMessage({ type: 'behind', behind } satisfies ToWorker);
  }

  /** Ends it. Frames that the worker has it gives back first: the browser complains of others, and the camera waits for them. */
  stop(): void {
    if (this.over) return;
    this.over = true;
    this.worker.postMessage({ type: 'stop' } satisfies ToWorker);
    this.way.end();
    setTimeout(() => this.close(), ENDS_WITHIN);
  }

  private close(): void {
    this.worker.terminate();
    this.way.track.stop();
  }
}
