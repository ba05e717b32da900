// From a small picture to where somebody is in it: what goes into the model, and what is made of what comes out.

/** From which confidence on a pixel belongs a little to the person, and from which on wholly. */
const EDGE = { from: 0.35, to: 0.75 };

/** How much of a mask is still seen after `AFTER` milliseconds: less flickers at the edges, more drags behind. */
const LEFT = 0.4;
const AFTER = 33;

/** The model's input: red, green and blue from 0 to 1, of pixels that have an opacity, too. */
export function toInput(pixels: Uint8ClampedArray, input: Float32Array): void {
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    input[to] = (pixels[from] ?? 0) / 255;
    input[to + 1] = (pixels[from + 1] ?? 0) / 255;
    input[to + 2] = (pixels[from + 2] ?? 0) / 255;
  }
}

/** How much the newest mask counts, from 0 to 1, when the one before is so many milliseconds old. */
export function weightAfter(elapsed: number): number {
  return 1 - LEFT ** (Math.max(0, elapsed) / AFTER);
}

/** How opaque a pixel of the person is, from 0 to 255, by how sure the model is, from 0 to 1. */
export function opacity(confidence: number): number {
  const step = Math.min(1, Math.max(0, (confidence - EDGE.from) / (EDGE.to - EDGE.from)));
  return Math.round(255 * step * step * (3 - 2 * step));
}

/** Takes what the model says into `mean`, which is kept from frame to frame, and writes opacities into `pixels`. */
export function toMask(confidences: Float32Array, weight: number, mean: Float32Array, pixels: Uint8ClampedArray): void {
  for (let at = 0; at < mean.length; at += 1) {
    const before = mean[at] ?? 0;
    const now = before + weight * ((confidences[at] ?? 0) - before);
    mean[at] = now;
    pixels[at * 4 + 3] = opacity(now);
  }
}
