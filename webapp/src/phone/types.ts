// What the server tells of phones: docs/board-api.md of the board, and GET /api/v1/phone of one's own. Times are milliseconds since 1970.

export interface Peer {
  number: string;
  international?: string | null;
  /** Whose line that is. */
  name?: string | null;
  /** What an outside number is called. */
  label?: string | null;
}

export type Direction = 'incoming' | 'outgoing' | 'unknown';

export interface Call {
  id: number;
  queue?: string | null;
  direction: Direction;
  state: 'ringing' | 'talking' | 'held';
  peer?: Peer | null;
  began: number;
  since: number;
  answered?: number | null;
  /** Who tells of it: `phone`, `asterisk`, `ovh`. */
  sources: readonly string[];
}

export interface Line {
  user: string;
  dnd: boolean;
  off_hook: boolean;
  paused: boolean;
  device?: 'free' | 'ringing' | 'busy' | 'held' | 'unreachable' | 'unknown' | null;
  description?: string;
  /** Who tells of it, or of any of its calls. */
  sources: readonly string[];
  calls: readonly Call[];
}

export interface Agent {
  name: string;
  paused: boolean;
  reason?: string | null;
}

export interface Queue {
  name: string;
  source: string;
  description?: string;
  waiting: readonly unknown[];
  agents: readonly Agent[];
}

/** A call that ended. */
export interface Ended {
  id: number;
  began: number;
  ended: number;
  queue?: string | null;
  line?: string | null;
  agent?: string | null;
  peer?: Peer | null;
  direction: Direction;
  talk?: number | null;
  ending: string;
}

/** A call that rings and has a page of its caller. */
export interface Ring {
  id: number;
  line?: string | null;
  queue?: string | null;
  url: string;
  at: number;
}

export interface Status {
  epoch: string;
  now: number;
  whole: boolean;
  sources?: readonly SourceState[];
}

/** One that tells of lines and queues over a connection, and may be gone. */
export interface SourceState {
  name: string;
  up: boolean;
  since: number;
}

/** A message of the board's stream. */
export interface Message {
  n?: number;
  board?: Status;
  line?: Line;
  queue?: Queue;
  gone?: { line?: string; queue?: string };
  call?: Ended;
  ring?: Ring;
}

/** A queue as GET /api/v1/phone tells of it. */
export interface OwnQueue {
  name: string;
  source: string;
  title: string;
  in: boolean;
  paused: boolean;
  reason: string | null;
  waiting: number;
}

/** GET /api/v1/phone. */
export interface Phone {
  lines: readonly string[];
  own: readonly Line[];
  recent: readonly Ended[];
  extensions: readonly string[];
  queues: readonly OwnQueue[];
  mayCall: boolean;
  mayControl: boolean;
  /** What can be done to calls at this moment. */
  controls: readonly string[];
  whyNot: string | null;
  board: boolean;
  sources: readonly SourceState[];
  dnd: boolean;
  frameHosts: readonly string[];
}
