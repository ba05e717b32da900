// Which frames of a camera are worked on: no more than can be, and none that waits in a queue.

/** The most frames a second that go out. */
export const FRAMES_PER_SECOND = 30;

/** The most of one core's time that the work takes. */
export const SHARE = 0.6;

const INTERVAL = 1000 / FRAMES_PER_SECOND;

/** All times are in milliseconds of one clock. */
export class Pace {
  private due = -Infinity;
  private began = 0;
  private restUntil = -Infinity;

  /** Whether to work on a frame that is there now; all others are dropped. */
  take(now: number): boolean {
    if (now < this.due || now < this.restUntil) return false;
    // A frame that came late lets the next one come early: cameras do not tick evenly.
    this.due = Math.max(this.due, now - INTERVAL) + INTERVAL;
    this.began = now;
    return true;
  }

  /** The frame that was taken is done. */
  done(now: number): void {
    this.restUntil = this.began + (now - this.began) / SHARE;
  }
}
