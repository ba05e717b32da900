// Sizes of pictures.

export interface Size {
  width: number;
  height: number;
}

/** A blurred picture goes through one of at most this width, in pixels: no writing that was behind somebody can be read in it. */
export const BLURRED_WIDTH = 48;

/** The sizes that a picture is halved to, step by step, until it is nearly one pixel. */
export function halves({ width, height }: Size): Size[] {
  const sizes: Size[] = [];
  let [w, h] = [width, height];
  while (w > 2) {
    w = Math.ceil(w / 2);
    h = Math.ceil(h / 2);
    sizes.push({ width: w, height: h });
  }
  return sizes;
}

/** The part from the middle of a picture that has the form of a frame. */
export function cover(picture: Size, frame: Size): Size & { x: number; y: number } {
  const scale = Math.min(picture.width / frame.width, picture.height / frame.height);
  const [width, height] = [frame.width * scale, frame.height * scale];
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

/** The size of a picture that has at most `most` on either side, in pixels. */
export function within({ width, height }: Size, most: number): Size {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
