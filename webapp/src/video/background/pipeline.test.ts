import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canProcess, ENDS_WITHIN, PATIENCE, Pipeline } from './pipeline';

/** The workers that were made, whose part the tests play. */
let workers: FakeWorker[] = [];

class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  told: { type: string }[] = [];
  isOver = false;
  constructor(readonly address: string) {
    workers.push(this);
  }
  postMessage = (message: { type: string }) => void this.told.push(message);
  terminate = () => {
    this.isOver = true;
  };
}

class Generator {
  writable = {};
  isStopped = false;
  stop = () => {
    this.isStopped = true;
  };
}

beforeEach(() => {
  workers = [];
  vi.useFakeTimers();
  for (const name of ['OffscreenCanvas', 'ImageData', 'createImageBitmap']) vi.stubGlobal(name, vi.fn());
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('MediaStreamTrackGenerator', Generator);
  vi.stubGlobal('MediaStreamTrackProcessor', class {
    readable = {};
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const failed = vi.fn();
  const begun = Pipeline.start({ clone: () => new Generator() } as unknown as MediaStreamTrack, { effect: 'blur' }, (name) => `/chat/plugins/x/public/${name}?v=1`, failed);
  const worker = workers[0];
  if (!worker) throw new Error('no worker');
  return { begun, worker, failed };
}

describe('a camera with something else behind', () => {
  it('is made of files below the site’s path, and of frames when all is loaded', async () => {
    const { begun, worker, failed } = start();
    expect(new URL(worker.address).pathname).toBe('/chat/plugins/x/public/background.js');
    expect(worker.told).toMatchObject([{ type: 'load', ticks: false, wasm: expect.stringMatching(/^http.*\/chat\/plugins\/x\/public\/tflite-simd\.wasm\?v=1$/) as string }]);
    worker.onmessage?.({ data: { type: 'ready' } });
    const pipeline = await begun;
    expect(worker.told[1]?.type).toBe('streams');
    await vi.advanceTimersByTimeAsync(PATIENCE * 2);
    expect(failed).not.toHaveBeenCalled();
    const over = () => [worker.isOver, (pipeline.track as unknown as Generator).isStopped];
    pipeline.stop();
    expect([worker.told[2]?.type, ...over()]).toEqual(['stop', false, false]);
    worker.onmessage?.({ data: { type: 'stopped' } });
    expect(over()).toEqual([true, true]);
  });

  it('ends also where the worker does not answer', async () => {
    const { begun, worker } = start();
    worker.onmessage?.({ data: { type: 'ready' } });
    (await begun).stop();
    await vi.advanceTimersByTimeAsync(ENDS_WITHIN);
    expect(worker.isOver).toBe(true);
  });

  it.each([
    ['the worker says so', (worker: FakeWorker) => worker.onmessage?.({ data: { type: 'failed' } })],
    ['there is no worker', (worker: FakeWorker) => worker.onerror?.()],
    ['nothing comes', () => void vi.advanceTimersByTime(PATIENCE)],
  ])('is not made where %s', async (_what, fails) => {
    const { begun, worker } = start();
    const refused = expect(begun).rejects.toThrow();
    fails(worker);
    await refused;
    expect(worker.isOver).toBe(true);
  });

  it('says once when it ends by itself, and nothing after it was stopped', async () => {
    const one = start();
    one.worker.onmessage?.({ data: { type: 'ready' } });
    await one.begun;
    one.worker.onerror?.();
    one.worker.onerror?.();
    expect([one.failed.mock.calls.length, one.worker.isOver]).toEqual([1, true]);
    workers = [];
    const other = start();
    other.worker.onmessage?.({ data: { type: 'ready' } });
    (await other.begun).stop();
    other.worker.onerror?.();
    expect(other.failed).not.toHaveBeenCalled();
  });

  it('cannot be where something that it needs is missing', () => {
    vi.stubGlobal('WebAssembly', {});
    expect(canProcess()).toBe(true);
    for (const name of ['OffscreenCanvas', 'Worker', 'WebAssembly', 'createImageBitmap']) {
      const has = Object.getOwnPropertyDescriptor(globalThis, name);
      Reflect.deleteProperty(globalThis, name);
      expect(canProcess(), name).toBe(false);
      if (has) Object.defineProperty(globalThis, name, has);
    }
  });
});
