// What the board is, as the stream told it; and what of it changed since it was drawn.

import { gone } from './cells.js';

/** The most calls that ended which are kept. */
const MAX_HISTORY = 200;

export class Model {
  lines = new Map();
  queues = new Map();
  /** Calls that ended by their ids, the oldest first. */
  calls = new Map();
  agents = new Map();
  day = { began: 0, hours: [] };
  sources = [];
  within = 20000;
  epoch = '';
  /** The highest number of a thing: where to go on after a gap. */
  after = 0;
  /** What changed: keys of lines, queues, agents and calls. */
  changed = { lines: new Set(), queues: new Set(), agents: new Set(), calls: new Set() };
  hoursChanged = false;
  /** How many calls were told: those of one moment stay in their order. */
  #told = 0;

  /** Takes a message over. Answers whether everything is told anew from here on. */
  apply(message) {
    if (message.board) return this.#board(message.board);
    this.after = Math.max(this.after, message.n);
    if (message.line) this.#line(message.line);
    else if (message.queue) this.#queue(message.queue);
    else if (message.call) this.#call(message.call);
    else if (message.gone) this.#gone(message.gone);
    else if (message.day) {
      this.day = message.day;
      this.hoursChanged = true;
    }
    return false;
  }

  #board(board) {
    this.sources = board.sources || [];
    this.#lost();
    if (board.service_level_within !== this.within) {
      this.within = board.service_level_within;
      for (const name of this.queues.keys()) this.changed.queues.add(name);
    }
    if (!board.whole) {
      this.epoch = board.epoch;
      return false;
    }
    for (const kind of ['lines', 'queues', 'agents', 'calls']) {
      for (const key of this[kind].keys()) this.changed[kind].add(key);
      this[kind].clear();
    }
    this.epoch = board.epoch;
    this.after = 0;
    this.hoursChanged = true;
    return true;
  }

  /** Takes over which sources tell nothing. What they told of is drawn anew. */
  #lost() {
    const now = this.sources.filter((source) => !source.up).map((source) => source.name.toLowerCase());
    if (now.length === gone.size && now.every((name) => gone.has(name))) return;
    gone.clear();
    for (const name of now) gone.add(name);
    for (const kind of ['lines', 'queues', 'agents']) {
      for (const key of this[kind].keys()) this.changed[kind].add(key);
    }
  }

  #line(line) {
    this.lines.set(line.user, line);
    this.changed.lines.add(line.user);
    if (this.agents.has(line.user)) this.changed.agents.add(line.user);
  }

  #call(call) {
    this.#told += 1;
    this.calls.delete(call.id);
    this.calls.set(call.id, { ...call, told: this.#told });
    this.changed.calls.add(call.id);
    if (this.calls.size > MAX_HISTORY) {
      const oldest = this.calls.keys().next().value;
      this.calls.delete(oldest);
      this.changed.calls.add(oldest);
    }
  }

  #gone(gone) {
    if (gone.line !== undefined) {
      this.lines.delete(gone.line);
      this.changed.lines.add(gone.line);
      if (this.agents.has(gone.line)) this.changed.agents.add(gone.line);
    }
    if (gone.queue !== undefined) {
      const before = this.queues.get(gone.queue);
      this.queues.delete(gone.queue);
      this.changed.queues.add(gone.queue);
      this.#seats(gone.queue, before, undefined);
      this.hoursChanged = true;
    }
  }

  #queue(queue) {
    const before = this.queues.get(queue.name);
    this.queues.set(queue.name, queue);
    this.changed.queues.add(queue.name);
    this.#seats(queue.name, before, queue);
    if (!before || !sameHours(before.hours, queue.hours)) this.hoursChanged = true;
  }

  /** Keeps the agents in step with a queue: each once, with the queues that they are in. */
  #seats(name, before, after) {
    const touched = new Set();
    for (const queue of [before, after]) {
      if (!queue) continue;
      for (const agent of queue.agents) touched.add(agent.name);
      for (const talk of queue.talking) if (talk.agent) touched.add(talk.agent);
    }
    for (const agent of touched) {
      const seats = (after ? after.agents : []).filter((seat) => seat.name === agent);
      let queues = this.agents.get(agent);
      if (seats.length > 0) {
        if (!queues) this.agents.set(agent, (queues = new Map()));
        queues.set(name, seats);
      } else if (queues) {
        queues.delete(name);
        if (queues.size === 0) this.agents.delete(agent);
      }
      this.changed.agents.add(agent);
      if (this.lines.has(agent)) this.changed.lines.add(agent);
    }
  }

  /** With whom an agent talks: a queue's caller, or whoever is on their line. */
  talksWith(agent) {
    for (const name of (this.agents.get(agent) || new Map()).keys()) {
      const talk = this.queues.get(name)?.talking.find((one) => one.agent === agent);
      if (talk) return talk.peer;
    }
    const calls = this.lines.get(agent)?.calls || [];
    return calls.find((call) => call.state !== 'ringing')?.peer;
  }

  /** What people call a queue. */
  shown(name) {
    return this.queues.get(name)?.description || name;
  }
}

const sameHours = (one, other) => JSON.stringify(one) === JSON.stringify(other);
