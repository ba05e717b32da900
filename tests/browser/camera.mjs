// A camera's film for Chromium: somebody drawn, in a striped shirt, between two shelves of books. The model takes them for a person, and nothing else.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const WIDTH = 640;
export const HEIGHT = 360;
const FRAMES = 30;

/** Places in the film, each a square of 60 pixels by its upper left corner: of books, and of the shirt. */
export const BOOKS = { x: 40, y: 50 };
export const SHIRT = { x: 290, y: 285 };
export const SQUARE = 60;

const inside = (x, y, middle, half) => ((x - middle[0]) / half[0]) ** 2 + ((y - middle[1]) / half[1]) ** 2 < 1;

/** The colour at a place, as red, green and blue. */
export function colour(x, y) {
  const face = inside(x, y, [320, 145], [50, 70]);
  if (face && (inside(x, y, [300, 135], [8, 5]) || inside(x, y, [340, 135], [8, 5]))) return [40, 25, 20];
  if (inside(x, y, [320, 180], [18, 5])) return [170, 70, 70];
  if (y < 120 && inside(x, y, [320, 125], [57, 75])) return [50, 35, 25];
  if (face) return [225, 178, 150];
  if (Math.abs(x - 320) < 25 && y > 175 && y < 262) return [200, 155, 130];
  if (inside(x, y, [320, 375], [155, 145])) return y % 40 < 4 ? [70, 90, 140] : [40, 60, 110];
  const shelf = y > 30 && y < 130 && (x < 150 || x > 500);
  if (shelf) return x % 16 < 8 ? [120, 80, 50] : [190, 180, 160];
  return [150 + 20 * Math.sin(x / 100), 170, 160 + y / 20];
}

/** A frame in I420 as BT.601 has it. In its lower left corner a bar grows, so that no frame is like the one before. */
function frame(number) {
  const quarter = (WIDTH * HEIGHT) / 4;
  const made = Buffer.alloc(quarter * 6);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [red, green, blue] = y > HEIGHT - 8 && x < number * 4 ? [200, 30, 30] : colour(x, y);
      made[y * WIDTH + x] = 16 + 0.257 * red + 0.504 * green + 0.098 * blue;
      if (x % 2 || y % 2) continue;
      const at = quarter * 4 + (y / 2) * (WIDTH / 2) + x / 2;
      made[at] = 128 - 0.148 * red - 0.291 * green + 0.439 * blue;
      made[at + quarter] = 128 + 0.439 * red - 0.368 * green - 0.071 * blue;
    }
  }
  return made;
}

/** Writes the film, for as long as the case runs. Answers Chromium's arguments. */
export function filmed() {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-camera-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const film = join(folder, 'camera.y4m');
  const frames = Array.from({ length: FRAMES }, (_, number) => [Buffer.from('FRAME\n'), frame(number)]);
  writeFileSync(film, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420\n`), ...frames.flat()]));
  return [`--use-file-for-fake-video-capture=${film}`];
}
