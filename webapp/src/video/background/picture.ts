// A picture of somebody's own, which stays in their browser.

import { within } from './fit';

/** The largest file that is read, in bytes. */
export const MAX_BYTES = 30_000_000;

/** The most pixels on a side of what is kept: cameras' pictures have no more here. */
export const MAX_SIDE = 1280;

const STORE = 'switchboard-background';

/** Nothing is ever asked of a server at this address: it names what is kept. */
const NAME = '/switchboard-background';

/** The picture that was kept, if any. */
export async function load(): Promise<Blob | undefined> {
  try {
    return await (await (await caches.open(STORE)).match(NAME))?.blob();
  } catch {
    // Not every browser keeps something in a private window.
    return undefined;
  }
}

/** A smaller copy of a picture, without what else is in its file, such as where it was taken. Rejects where it is none that the browser reads. */
export async function read(file: Blob): Promise<Blob> {
  if (file.size > MAX_BYTES) throw new Error('too large');
  const picture = await createImageBitmap(file);
  const { width, height } = within(picture, MAX_SIDE);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  // What is transparent would let the camera's own picture be seen.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}

/** Keeps it for the next time, where the browser does so. */
export async function keep(picture: Blob): Promise<void> {
  try {
    await (await caches.open(STORE)).put(NAME, new Response(picture));
  } catch {
    // Then it is there until the page is left.
  }
}

export async function forget(): Promise<void> {
  try {
    await caches.delete(STORE);
  } catch {
    // Nothing was kept.
  }
}
