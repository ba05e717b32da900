// What the cases with something else behind somebody share.

import { BOOKS, HEIGHT, SHIRT, SQUARE, WIDTH } from './camera.mjs';
import { panel } from './video_lib.mjs';

export const OWN = 'video[aria-label="Your own sound and picture"]';
export const ROOM = 'video[aria-label="Picture of the others"]';

/** Lets a page look at the books and at the shirt in a video: how bright they are, and how much that differs from pixel to pixel, from 0 to 255. */
function eyes([width, height, square, places]) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const one = ({ x, y }) => {
    const { data } = context.getImageData(x, y, square, square);
    const bright = [];
    const sums = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      bright.push(0.3 * data[at] + 0.6 * data[at + 1] + 0.1 * data[at + 2]);
      sums.forEach((sum, colour) => (sums[colour] = sum + data[at + colour]));
    }
    const mean = bright.reduce((sum, value) => sum + value, 0) / bright.length;
    const differs = Math.sqrt(bright.reduce((sum, value) => sum + (value - mean) ** 2, 0) / bright.length);
    return { bright: mean, differs, colour: sums.map((sum) => sum / bright.length) };
  };
  window.look = (selector) => {
    const video = document.querySelector(selector);
    if (!video?.videoWidth) return null;
    context.drawImage(video, 0, 0, width, height);
    return { books: one(places.BOOKS), shirt: one(places.SHIRT) };
  };
}

export const prepare = (page) => page.evaluate(eyes, [WIDTH, HEIGHT, SQUARE, { BOOKS, SHIRT }]);

/** How a picture is to look, by what `look` says of it. The shirt's stripes are the camera's in each. */
const LOOKS = {
  camera: ({ books, shirt }) => books.differs > 25 && shirt.differs > 3,
  blurred: ({ books, shirt }) => books.differs < 8 && books.bright > 110 && shirt.differs > 3,
  evening: ({ books, shirt }) => books.differs < 12 && books.bright < 100 && shirt.differs > 3,
  red: ({ books, shirt }) => books.differs < 12 && books.colour[0] > 150 && books.colour[1] < 90 && shirt.differs > 3,
};

/** Waits until the picture looks so. */
export async function looks(page, selector, how) {
  const until = Date.now() + 60_000;
  for (;;) {
    const seen = await page.evaluate((which) => window.look(which), selector);
    if (seen && LOOKS[how](seen)) return;
    if (Date.now() > until) throw new Error(`${how}: ${JSON.stringify(seen)}`);
    await page.waitForTimeout(100);
  }
}

export const choice = (page) => panel(page).getByLabel('Background');
export const file = (page) => panel(page).getByLabel('A picture of yours');
export const unfold = (page) => panel(page).locator('summary').click();

/** A picture of one colour, as a bitmap file. */
export function bitmap(width, height, [red, green, blue]) {
  const made = Buffer.alloc(54 + width * height * 4);
  made.write('BM');
  made.writeUInt32LE(made.length, 2);
  made.writeUInt32LE(54, 10);
  made.writeUInt32LE(40, 14);
  made.writeInt32LE(width, 18);
  made.writeInt32LE(height, 22);
  made.writeUInt16LE(1, 26);
  made.writeUInt16LE(32, 28);
  for (let at = 54; at < made.length; at += 4) made.set([blue, green, red, 255], at);
  return { name: 'red.bmp', mimeType: 'image/bmp', buffer: made };
}

/** Loads the page anew, with the panel in its preview. */
export async function again(page) {
  await page.reload();
  await page.locator('[aria-label^="Video conference"], [aria-label^="Join the video"]').first().click();
  await page.waitForSelector('.switchboard-video h2');
  await prepare(page);
}

/** Frames go on coming: the films' bar grows. */
export async function goesOn(page, selector) {
  await page.evaluate(async (which) => {
    const video = document.querySelector(which);
    for (let frame = 0; frame < 10; frame += 1) await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  }, selector);
}

/** Waits until no worker is left, and answers how many are. */
export async function without(page) {
  const until = Date.now() + 60_000;
  while (page.workers().length > 0) {
    if (Date.now() > until) throw new Error('a worker is left');
    await page.waitForTimeout(50);
  }
  return page.workers().length;
}
