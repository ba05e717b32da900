// What the panel and the pop show: the board and one's own phone, and what one orders.

import type { Api } from '../api';
import { ApiError, words } from '../api';
import type { Translate } from '../i18n';
import { Board } from './board';
import { Stream, type StreamState } from './stream';
import { fold } from './text';
import type { Call, Ended, Line, OwnQueue, Phone, SourceState } from './types';

/** The most of one's own calls that ended which are shown. */
export const MAX_RECENT = 20;
/** How often one's own phone is asked for by whoever has no live board, while somebody looks, in milliseconds. */
export const POLL = 5_000;
/** How long a notice stands, in milliseconds; what went wrong stands until it is closed. */
export const NOTICE = 8_000;

export interface Notice {
  id: number;
  text: string;
  bad: boolean;
}

/** The one PBX that takes orders, as what it tells of calls it. */
const PBX = 'asterisk';

/** What can be ordered for a call: see docs/asterisk.md. */
export type Action = 'hangup' | 'refuse' | 'transfer' | 'park' | 'join' | 'pickup';

export interface PhoneStoreOptions {
  api: Api;
  t: Translate;
  /** Whether they may see the board. */
  board: boolean;
  /** What can be done to calls, until one's own phone tells it as it is now. */
  controls: readonly string[];
  /** The address of the board's stream. */
  address: string;
  /** The user name of whoever is signed in. */
  username(): string;
}

export class PhoneStore {
  readonly board = new Board();
  /** What GET /api/v1/phone told last. */
  phone: Phone | undefined;
  /** Why it did not. */
  problem = '';
  live: StreamState | 'none' = 'none';
  /** When the board was live last, by the server's clock. */
  lastLive = 0;
  notices: readonly Notice[] = [];
  private stream: Stream | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly busy = new Set<string>();
  private readonly ended = new AbortController();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private poll: ReturnType<typeof setInterval> | undefined;
  private watchers = 0;
  private nextNotice = 0;
  private told = false;
  private wereGone: ReadonlySet<string> = new Set();

  constructor(private readonly options: PhoneStoreOptions) {}

  start(): void {
    if (this.options.board) {
      this.stream = new Stream({
        address: this.options.address,
        place: () => this.board,
        told: (message) => {
          const before = this.gone;
          this.board.apply(message);
          if (message.board) this.lastLive = this.board.now();
          this.changed();
          // What can be done to calls is another matter while their PBX is gone, and when it is back.
          if (this.told && this.gone !== before) void this.refresh();
        },
        became: (state) => {
          this.live = state;
          this.changed();
          if (state !== 'live') this.told = false;
          else if (!this.told) {
            this.told = true;
            void this.refresh();
          }
        },
        mayStill: () => this.mayStill(),
      });
    }
    void this.refresh();
  }

  stop(): void {
    this.ended.abort();
    this.stream?.stop();
    clearInterval(this.poll);
    this.timers.forEach((timer) => clearTimeout(timer));
    this.listeners.clear();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Somebody looks at the panel: without a live board it is asked for now and then. Answers how to look away. */
  look(): () => void {
    this.watchers += 1;
    void this.refresh();
    this.poll ??= setInterval(() => {
      if (this.live !== 'live' && !document.hidden) void this.refresh();
    }, POLL);
    return () => {
      this.watchers -= 1;
      if (this.watchers > 0) return;
      clearInterval(this.poll);
      this.poll = undefined;
    };
  }

  async refresh(): Promise<void> {
    try {
      this.phone = await this.options.api.get<Phone>('/api/v1/phone', this.ended.signal);
      this.problem = '';
    } catch (error) {
      if (this.ended.signal.aborted) return;
      this.problem = words(error);
    }
    this.changed();
  }

  /** Whether the board is what is shown, rather than what was asked for. */
  private get hasBoard(): boolean {
    return this.live === 'live' || (this.options.board && this.board.epoch !== '');
  }

  /** Those who tell over a connection. */
  private get sources(): readonly SourceState[] {
    return (this.hasBoard ? this.board.sources : this.phone?.sources) ?? [];
  }

  /** Those of them that are not there, by their names, as what they tell of calls them. The same as before where nothing changed. */
  get gone(): ReadonlySet<string> {
    const now = this.lost().map(({ name }) => name.toLowerCase());
    if (now.length !== this.wereGone.size || now.some((name) => !this.wereGone.has(name))) this.wereGone = new Set(now);
    return this.wereGone;
  }

  /** The same as they are told of. */
  lost(): readonly SourceState[] {
    return this.sources.filter(({ up }) => !up);
  }

  /** Since when it is not known how something is that these tell of. */
  goneSince(sources: readonly string[]): number {
    return Math.max(0, ...this.lost().filter(({ name }) => sources.includes(name.toLowerCase())).map(({ since }) => since));
  }

  isOwn(name: string | null | undefined): boolean {
    return typeof name === 'string' && fold(name) === fold(this.options.username());
  }

  /** One's own lines. Those of an extension are the PBX's to tell of, also where it did not yet. */
  own(): readonly Line[] {
    const board = [...this.board.lines.values()].filter((line) => this.isOwn(line.user));
    const lines = this.hasBoard ? board : (this.phone?.own ?? []);
    if ((this.phone?.extensions.length ?? 0) === 0) return lines;
    return lines.map((line) => (line.sources.includes(PBX) ? line : { ...line, sources: [...line.sources, PBX] }));
  }

  colleagues(): readonly Line[] {
    const others = [...this.board.lines.values()].filter((line) => !this.isOwn(line.user));
    return others.sort((one, other) => one.user.localeCompare(other.user, undefined, { numeric: true, sensitivity: 'base' }));
  }

  /** The queues that one is in, and the others. */
  queues(): readonly OwnQueue[] {
    if (!this.hasBoard) return this.phone?.queues ?? [];
    return [...this.board.queues.values()].map((queue) => {
      const own = queue.agents.find((agent) => this.isOwn(agent.name));
      return {
        name: queue.name,
        source: queue.source,
        title: queue.description ?? queue.name,
        in: own !== undefined,
        paused: own?.paused ?? false,
        reason: own?.reason ?? null,
        waiting: queue.waiting.length,
      };
    });
  }

  /** One's own calls that ended, the newest first. */
  recent(): readonly Ended[] {
    const all = new Map((this.phone?.recent ?? []).map((call) => [call.id, call]));
    for (const call of this.board.ended.values()) {
      if (this.isOwn(call.line) || this.isOwn(call.agent)) all.set(call.id, call);
    }
    return [...all.values()].sort((one, other) => other.ended - one.ended || other.id - one.id).slice(0, MAX_RECENT);
  }

  /** Whether that can be done to a call: a PBX can do it to those it told of, while it is there. */
  can(action: Action, call: Call): boolean {
    const controls = this.phone?.controls ?? this.options.controls;
    return controls.includes(action) && call.sources.includes(PBX) && this.canOrder();
  }

  /** Whether the PBX is there to be given orders. */
  canOrder(): boolean {
    return !this.gone.has(PBX);
  }

  isBusy(key: string): boolean {
    return this.busy.has(key);
  }

  /** Does something to a call. Answers whether it was done. */
  control(line: string, call: Call, action: Action, more: { to?: string; with?: number } = {}): Promise<boolean> {
    return this.order(`call ${call.id}`, '/api/v1/calls/control', { line, call: call.id, action, ...more });
  }

  call(to: string): Promise<boolean> {
    return this.order(`to ${to}`, '/api/v1/calls', { to });
  }

  queue(queue: string, action: 'join' | 'leave' | 'pause' | 'resume', reason = ''): Promise<boolean> {
    return this.order(`queue ${queue}`, '/api/v1/queues', { queue, action, ...(reason ? { reason } : {}) });
  }

  dnd(on: boolean): Promise<boolean> {
    return this.order('dnd', '/api/v1/phone/dnd', { on });
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.changed();
  }

  /** Tells whoever is there something. */
  notify(text: string, bad = false): void {
    const id = (this.nextNotice += 1);
    this.notices = [...this.notices, { id, text, bad }].slice(-3);
    if (!bad) this.later(() => this.dismiss(id), NOTICE);
    this.changed();
  }

  /** One order at a time for each thing: a second click on the same button orders nothing more. */
  private async order(key: string, path: string, body: unknown): Promise<boolean> {
    if (this.busy.has(key)) return false;
    this.busy.add(key);
    this.changed();
    try {
      const done = await this.options.api.post<{ detail?: string } | undefined>(path, body, this.ended.signal);
      this.notify(done?.detail ?? this.options.t('phone.done'));
      if (!this.hasBoard) void this.refresh();
      return true;
    } catch (error) {
      if (!this.ended.signal.aborted) this.notify(words(error), true);
      return false;
    } finally {
      this.busy.delete(key);
      this.changed();
    }
  }

  private async mayStill(): Promise<boolean> {
    try {
      const phone = await this.options.api.get<Phone>('/api/v1/phone', this.ended.signal);
      return phone.board;
    } catch (error) {
      return !(error instanceof ApiError && (error.status === 401 || error.status === 403));
    }
  }

  private later(task: () => void, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      task();
    }, milliseconds);
    this.timers.add(timer);
  }

  private changed(): void {
    if (this.ended.signal.aborted) return;
    this.listeners.forEach((listener) => listener());
  }
}
