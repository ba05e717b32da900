// The board's stream: a websocket that is opened again after a gap, where it went on (docs/board-api.md).

import type { Message } from './types';

/** So long without a message, in milliseconds, and the connection counts as lost: the server says something every ten seconds. */
export const SILENCE = 25_000;
/** How long to wait before trying again, in milliseconds: twice as long each time, up to the second. */
export const WAIT_FIRST = 500;
export const WAIT_MOST = 30_000;
/** After so many connections in a row that did not even open, it is asked whether one may still see the board. */
const ASK_AFTER = 2;
/** Close code of RFC 6455: whoever looks may no longer see the board. */
const POLICY = 1008;

/** `ended`: they may not see the board any more. */
export type StreamState = 'connecting' | 'live' | 'lost' | 'ended';

export interface Place {
  /** The highest number that was told; 0 for all of it. */
  after: number;
  epoch: string;
}

export interface StreamOptions {
  /** The address of `/api/v1/board/ws`, with `ws:` or `wss:`. */
  address: string;
  place(): Place;
  told(message: Message): void;
  became(state: StreamState): void;
  /** Whether one may still see the board, for when connections do not open: a browser does not tell why. */
  mayStill(): Promise<boolean>;
  /** From 0 to 1: not all come back at once after the server was away. */
  random?: () => number;
}

export class Stream {
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private wait = WAIT_FIRST;
  private failed = 0;
  private ended = false;

  constructor(private readonly options: StreamOptions) {
    window.addEventListener('online', this.again);
    document.addEventListener('visibilitychange', this.again);
    options.became('connecting');
    this.open();
  }

  stop(): void {
    this.ended = true;
    window.removeEventListener('online', this.again);
    document.removeEventListener('visibilitychange', this.again);
    this.drop();
  }

  private open(): void {
    this.drop();
    const { after, epoch } = this.options.place();
    const query = after > 0 ? `?after=${after}&epoch=${encodeURIComponent(epoch)}` : '';
    const socket = new WebSocket(`${this.options.address}${query}`);
    this.socket = socket;
    let opened = false;
    this.listen(socket);
    socket.onopen = () => {
      opened = true;
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.listen(socket);
      this.failed = 0;
      this.wait = WAIT_FIRST;
      const message = JSON.parse(event.data) as Message;
      if (message.board) this.options.became('live');
      this.options.told(message);
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      if (event.code === POLICY) this.end();
      else this.lost(opened);
    };
  }

  /** Whoever says nothing for long is gone, whatever the connection says. */
  private listen(socket: WebSocket): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      if (socket === this.socket) this.lost(true);
    }, SILENCE);
  }

  private lost(opened: boolean): void {
    this.drop();
    this.options.became('lost');
    this.timer = setTimeout(() => this.open(), this.wait * (0.7 + 0.6 * (this.options.random ?? Math.random)()));
    this.wait = Math.min(2 * this.wait, WAIT_MOST);
    if (opened) return;
    this.failed += 1;
    if (this.failed >= ASK_AFTER) void this.ask();
  }

  private async ask(): Promise<void> {
    const may = await this.options.mayStill();
    if (!may && !this.ended && !this.socket) this.end();
  }

  private drop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.timer = undefined;
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
  }

  private end(): void {
    this.stop();
    this.options.became('ended');
  }

  /** Tries at once where there is reason to hope. */
  private readonly again = (): void => {
    if (this.ended || this.socket || document.hidden) return;
    this.wait = WAIT_FIRST;
    this.open();
  };
}
