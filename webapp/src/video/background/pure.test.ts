import { describe, expect, it } from 'vitest';
import { BLURRED_WIDTH, cover, halves, within } from './fit';
import { opacity, toInput, toMask, weightAfter } from './mask';
import { FRAMES_PER_SECOND, Pace, SHARE } from './pace';

/** How many frames of a camera are taken in ten seconds, when each takes `work` milliseconds. */
function taken(pace: Pace, times: readonly number[], work: number): number {
  let [count, free] = [0, 0];
  for (const time of times) {
    // Frames that come meanwhile are dropped by the browser.
    if (time < free || !pace.take(time)) continue;
    count += 1;
    free = time + work;
    pace.done(free);
  }
  return count;
}

const camera = (rate: number, shift: (at: number) => number = () => 0) => Array.from({ length: rate * 10 }, (_, at) => 1000 + (at * 1000) / rate + shift(at));

describe('which frames are worked on', () => {
  it('all of a camera with 30 a second, also of one that ticks unevenly', () => {
    expect(taken(new Pace(), camera(30), 5)).toBe(300);
    expect(taken(new Pace(), camera(30, (at) => (at % 3) * 8), 5)).toBe(300);
  });

  it('half of one with 60', () => {
    const count = taken(new Pace(), camera(60), 5);
    expect(count).toBeGreaterThanOrEqual(FRAMES_PER_SECOND * 10);
    expect(count).toBeLessThanOrEqual(FRAMES_PER_SECOND * 10 + 2);
  });

  it('fewer where the work takes long, so that its share of the time is bounded', () => {
    for (const work of [25, 50, 300]) {
      const count = taken(new Pace(), camera(30), work);
      expect(count * work, `${work} ms`).toBeLessThanOrEqual(10_000 * SHARE + work);
      expect(count, `${work} ms`).toBeGreaterThan((10_000 * SHARE) / work / 2);
    }
  });

  it('again all after one that took long', () => {
    const pace = new Pace();
    expect(taken(pace, [1000], 500)).toBe(1);
    expect(taken(pace, camera(30).map((time) => time + 1000), 5)).toBe(300);
  });
});

describe('a mask', () => {
  it('is opaque where the model is sure, and nowhere else', () => {
    expect([0, 0.3, 0.35, 0.75, 0.9, 1].map(opacity)).toEqual([0, 0, 0, 255, 255, 255]);
    const between = [0.4, 0.5, 0.6, 0.7].map(opacity);
    expect([...between].sort((one, other) => one - other)).toEqual(between);
    expect(opacity(0.55)).toBe(128);
  });

  it('follows the newest one the more the older the last one is', () => {
    expect(weightAfter(0)).toBe(0);
    expect(weightAfter(Infinity)).toBe(1);
    expect(weightAfter(33)).toBeCloseTo(0.6);
    expect(weightAfter(200)).toBeGreaterThan(0.99);
  });

  it('keeps the mean and leaves the colours alone', () => {
    const mean = new Float32Array([0, 1]);
    const pixels = new Uint8ClampedArray([1, 2, 3, 4, 5, 6, 7, 8]);
    toMask(new Float32Array([1, 1]), 0.5, mean, pixels);
    expect([...mean]).toEqual([0.5, 1]);
    expect([...pixels]).toEqual([1, 2, 3, opacity(0.5), 5, 6, 7, 255]);
  });

  it('is made of red, green and blue from 0 to 1', () => {
    const input = new Float32Array(6);
    toInput(new Uint8ClampedArray([255, 0, 51, 9, 0, 102, 255, 9]), input);
    expect([...input].map((value) => Math.round(value * 10) / 10)).toEqual([1, 0, 0.2, 0, 0.4, 1]);
  });
});

describe('sizes', () => {
  it('are halved until nearly nothing is left, through one that is blurred', () => {
    const sizes = halves({ width: 1280, height: 720 });
    expect(sizes[0]).toEqual({ width: 640, height: 360 });
    expect(sizes[sizes.length - 1]).toEqual({ width: 2, height: 1 });
    expect(sizes.some(({ width }) => width <= BLURRED_WIDTH && width > BLURRED_WIDTH / 2)).toBe(true);
    expect(halves({ width: 1, height: 1 })).toEqual([]);
    expect(halves({ width: 90, height: 1 }).every(({ height }) => height === 1)).toBe(true);
  });

  it('of a picture are cut in its middle to the form of the frame', () => {
    const frame = { width: 1280, height: 720 };
    expect(cover({ width: 1280, height: 720 }, frame)).toEqual({ x: 0, y: 0, width: 1280, height: 720 });
    expect(cover({ width: 3200, height: 900 }, frame)).toEqual({ x: 800, y: 0, width: 1600, height: 900 });
    expect(cover({ width: 160, height: 190 }, frame)).toEqual({ x: 0, y: 50, width: 160, height: 90 });
  });

  it('of what is kept are bounded, and no picture grows', () => {
    expect(within({ width: 4000, height: 3000 }, 1280)).toEqual({ width: 1280, height: 960 });
    expect(within({ width: 10, height: 20 }, 1280)).toEqual({ width: 10, height: 20 });
    expect(within({ width: 10_000, height: 1 }, 1280)).toEqual({ width: 1280, height: 1 });
  });
});
