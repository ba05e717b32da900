// Puts together what goes out: the person as the camera sees them, and something else behind. For a worker.

import { isScene, type Effect, type Scene } from './effects';
import { BLURRED_WIDTH, cover, halves, type Size } from './fit';
import { toMask, weightAfter } from './mask';
import type { Segmenter } from './segmenter';

/** A wall, from top to bottom, and the light that falls on it as red, green and blue. */
const WALLS: Readonly<Record<Scene, { top: string; bottom: string; light: string }>> = {
  light: { top: '#e9e4da', bottom: '#cfc6b8', light: '255, 252, 245' },
  blue: { top: '#b9c7d6', bottom: '#7f94aa', light: '226, 236, 246' },
  evening: { top: '#343b52', bottom: '#1e2231', light: '120, 104, 110' },
};

interface Layer {
  canvas: OffscreenCanvas;
  context: OffscreenCanvasRenderingContext2D;
}

function layer({ width, height }: Size, options?: CanvasRenderingContext2DSettings): Layer {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', options);
  if (!context) throw new Error('no canvas');
  return { canvas, context };
}

function paint(scene: Scene, size: Size): OffscreenCanvas {
  const { canvas, context } = layer(size);
  const { width, height } = size;
  const { top, bottom, light } = WALLS[scene];
  const wall = context.createLinearGradient(0, 0, 0, height);
  wall.addColorStop(0, top);
  wall.addColorStop(1, bottom);
  context.fillStyle = wall;
  context.fillRect(0, 0, width, height);
  const shine = context.createRadialGradient(width * 0.25, height * 0.15, 0, width * 0.25, height * 0.15, width * 0.7);
  shine.addColorStop(0, `rgba(${light}, 0.8)`);
  shine.addColorStop(1, `rgba(${light}, 0)`);
  context.fillStyle = shine;
  context.fillRect(0, 0, width, height);
  return canvas;
}

export class Composer {
  private readonly small: Layer;
  private readonly mask: Layer;
  private readonly pixels: ImageData;
  private readonly mean: Float32Array;
  private size: Size = { width: 0, height: 0 };
  private out: Layer | undefined;
  /** The frame in half, in quarter and so on. */
  private halves: Layer[] = [];
  private scene: OffscreenCanvas | undefined;
  private effect: Effect = 'blur';
  private picture: ImageBitmap | undefined;
  private last = -Infinity;

  constructor(private readonly segmenter: Segmenter) {
    const { width, height } = segmenter;
    this.small = layer(segmenter, { willReadFrequently: true });
    this.mask = layer(segmenter);
    this.pixels = new ImageData(width, height);
    this.mean = new Float32Array(width * height);
  }

  /** What is to be behind from now on. */
  show(effect: Effect, picture: ImageBitmap | undefined): void {
    this.picture?.close();
    this.picture = picture;
    this.effect = effect;
    this.scene = undefined;
  }

  /** The picture made of a frame, at the time `now` in milliseconds. It is valid until the next one. */
  draw(frame: CanvasImageSource, size: Size, now: number): OffscreenCanvas {
    const out = this.layers(size);
    this.find(frame, now);
    const { context } = out;
    const { width, height } = size;
    context.globalCompositeOperation = 'copy';
    context.drawImage(this.mask.canvas, 0, 0, width, height);
    context.globalCompositeOperation = 'source-in';
    context.drawImage(frame, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    this.behind(context, frame);
    return out.canvas;
  }

  private layers(size: Size): Layer {
    if (this.out && size.width === this.size.width && size.height === this.size.height) return this.out;
    this.size = size;
    this.halves = halves(size).map((half) => layer(half));
    this.scene = undefined;
    this.out = layer(size);
    return this.out;
  }

  /** Where the person is. */
  private find(frame: CanvasImageSource, now: number): void {
    const { width, height } = this.segmenter;
    this.small.context.drawImage(frame, 0, 0, width, height);
    const { data } = this.small.context.getImageData(0, 0, width, height);
    toMask(this.segmenter.segment(data), weightAfter(now - this.last), this.mean, this.pixels.data);
    this.last = now;
    this.mask.context.putImageData(this.pixels, 0, 0);
  }

  private behind(context: OffscreenCanvasRenderingContext2D, frame: CanvasImageSource): void {
    const { width, height } = this.size;
    if (this.picture) {
      const part = cover(this.picture, this.size);
      context.drawImage(this.picture, part.x, part.y, part.width, part.height, 0, 0, width, height);
    } else if (isScene(this.effect)) {
      this.scene ??= paint(this.effect, this.size);
      context.drawImage(this.scene, 0, 0);
    } else {
      context.drawImage(this.blur(frame), 0, 0, width, height);
    }
  }

  /**
   * Half by half down, and up again: not every browser's canvas has a filter, and this costs less. The person is left out, or
   * they would shine around themselves; the hole is filled from the smaller pictures, in which it is filled from around it.
   */
  private blur(frame: CanvasImageSource): CanvasImageSource {
    let drawn = frame;
    for (const { canvas, context } of this.halves) {
      context.globalCompositeOperation = 'copy';
      context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
      if (drawn === frame) {
        context.globalCompositeOperation = 'destination-out';
        context.drawImage(this.mask.canvas, 0, 0, canvas.width, canvas.height);
      }
      drawn = canvas;
    }
    const least = this.halves[this.halves.length - 1];
    if (least) {
      // What is half there becomes wholly so, in the same colour.
      least.context.globalCompositeOperation = 'destination-over';
      for (let count = 0; count < 4; count += 1) least.context.drawImage(least.canvas, 0, 0);
    }
    for (const { canvas, context } of this.halves.slice(0, -1).reverse()) {
      context.globalCompositeOperation = canvas.width > BLURRED_WIDTH ? 'copy' : 'destination-over';
      context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
      drawn = canvas;
    }
    return drawn;
  }
}
