// Changes what is behind somebody in their picture, away from the page: the page's policy allows WebAssembly in none but a worker of
// the plugin's public folder, and the page would stutter.

import { Composer } from '../video/background/compose';
import type { Behind, FromWorker, ToWorker } from '../video/background/messages';
import { FRAMES_PER_SECOND, Pace } from '../video/background/pace';
import { loadSegmenter } from '../video/background/segmenter';

/** What a worker's `self` has of what is used here; TypeScript has either its types or a page's. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = self as unknown as Scope;
const pace = new Pace();
let composer: Composer | undefined;
/** Counts what was to be shown: what was asked for later is what stays. */
let turn = 0;
/** Whether the page owes a frame. */
let isAsked = false;
/** Whether nothing is wanted any more, and whether frames come by a stream, whose end is waited for. */
let isOver = false;
let isPumping = false;

function fail(): void {
  scope.postMessage({ type: 'failed' });
}

async function bytes(address: string): Promise<ArrayBuffer> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.arrayBuffer();
}

async function load({ wasm, model, behind, ticks }: Extract<ToWorker, { type: 'load' }>): Promise<void> {
  const made = new Composer(await loadSegmenter(...(await Promise.all([bytes(wasm), bytes(model)]))));
  await show(made, behind);
  // The first run takes ten times as long as those after it.
  made.draw(new OffscreenCanvas(16, 9), { width: 16, height: 9 }, performance.now());
  composer = made;
  scope.postMessage({ type: 'ready' });
  if (ticks) setInterval(tick, 1000 / FRAMES_PER_SECOND / 2);
}

async function show(made: Composer, { effect, picture }: Behind): Promise<void> {
  turn += 1;
  const mine = turn;
  const decoded = picture && (await createImageBitmap(picture));
  if (mine === turn) made.show(effect, decoded);
  else decoded?.close();
}

/** A page's own timers hardly run while it is not seen. */
function tick(): void {
  if (isAsked || !pace.take(performance.now())) return;
  isAsked = true;
  scope.postMessage({ type: 'tick' });
}

async function pump(readable: ReadableStream<VideoFrame>, writable: WritableStream<VideoFrame>): Promise<void> {
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  isPumping = true;
  for (;;) {
    const { value: frame, done } = await reader.read();
    if (done) break;
    const now = performance.now();
    let made: VideoFrame | undefined;
    try {
      if (composer && !isOver && pace.take(now)) {
        const size = { width: frame.displayWidth, height: frame.displayHeight };
        made = new VideoFrame(composer.draw(frame, size, now), { timestamp: frame.timestamp, alpha: 'discard' });
      }
    } finally {
      // The camera has few of them, and waits for each.
      frame.close();
    }
    if (!made) continue;
    try {
      await writer.write(made);
    } catch (error) {
      made.close();
      throw error;
    }
    pace.done(performance.now());
  }
  if (isOver) scope.postMessage({ type: 'stopped' });
  else await writer.close();
}

function one(frame: ImageBitmap): void {
  if (composer) {
    const made = composer.draw(frame, { width: frame.width, height: frame.height }, performance.now()).transferToImageBitmap();
    scope.postMessage({ type: 'frame', frame: made }, [made]);
  }
  frame.close();
  pace.done(performance.now());
}

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'load':
      load(data).catch(fail);
      break;
    case 'behind':
      if (composer) show(composer, data.behind).catch(fail);
      break;
    case 'streams':
      pump(data.readable, data.writable).catch(fail);
      break;
    case 'stop':
      isOver = true;
      // A stream's frames that nobody takes would keep the camera waiting.
      if (!isPumping) scope.postMessage({ type: 'stopped' });
      break;
    case 'frame':
      isAsked = false;
      try {
        if (data.frame) one(data.frame);
      } catch {
        fail();
      }
  }
};
