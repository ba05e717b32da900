// What the board is, as its stream told.

import type { Place } from './stream';
import type { Ended, Line, Message, Queue, Ring, SourceState } from './types';

/** The most calls that ended, and the most rings, which are kept. */
const MAX_ENDED = 200;
const MAX_RINGS = 20;

export class Board implements Place {
  lines = new Map<string, Line>();
  queues = new Map<string, Queue>();
  /** Calls that ended, by their ids, the oldest first. */
  ended = new Map<number, Ended>();
  /** Pages of callers, the oldest first. */
  rings: readonly Ring[] = [];
  /** Those who tell over a connection. */
  sources: readonly SourceState[] = [];
  after = 0;
  epoch = '';
  /** By how many milliseconds the server's clock is ahead of this one. */
  ahead = 0;

  apply(message: Message): void {
    if (message.board) {
      const { epoch, now, whole, sources } = message.board;
      this.sources = sources ?? [];
      this.epoch = epoch;
      this.ahead = now - Date.now();
      if (whole) {
        this.lines.clear();
        this.queues.clear();
        this.ended.clear();
        this.after = 0;
      }
      return;
    }
    this.after = Math.max(this.after, message.n ?? 0);
    if (message.line) this.lines.set(message.line.user, message.line);
    else if (message.queue) this.queues.set(message.queue.name, message.queue);
    else if (message.call) this.end(message.call);
    else if (message.ring) this.ring(message.ring);
    else if (message.gone) {
      if (message.gone.line !== undefined) this.lines.delete(message.gone.line);
      if (message.gone.queue !== undefined) this.queues.delete(message.gone.queue);
    }
  }

  /** The server's time. */
  now(): number {
    return Date.now() + this.ahead;
  }

  /** What people call a queue. */
  title(queue: string): string {
    return this.queues.get(queue)?.description ?? queue;
  }

  private end(call: Ended): void {
    this.ended.delete(call.id);
    this.ended.set(call.id, call);
    for (const oldest of this.ended.keys()) {
      if (this.ended.size <= MAX_ENDED) break;
      this.ended.delete(oldest);
    }
  }

  /** The server tells each for half a minute, also after a gap. */
  private ring(ring: Ring): void {
    if (this.rings.some((known) => known.id === ring.id)) return;
    this.rings = [...this.rings, ring].slice(-MAX_RINGS);
  }
}
