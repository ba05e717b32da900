// The queues in large type, for a screen on the wall, or the lines where there are no queues: as many as fit on a page, one page after the
// other.

import * as cells from './cells.js';
import { clock, element, put } from './cells.js';
import { button } from './controls.js';
import { agentOf, agentState, beside, callWords, lineState } from './tables.js';
import { percent, plain, say, words } from './text.js';

/** So many fit on a page. */
const FIT = { queues: 12, lines: 20 };
/** How long a page stays, in milliseconds. */
const STAYS = 10000;

const headed = (heading, title) => cells.fill(heading, title, () => [cells.name(title)]);
const count = (queue, ...states) => queue.agents.filter((agent) => states.includes(agentState(agentOf(queue, agent))[0])).length;

export class Wall {
  #tiles = new Map();
  #page = -1;
  #awake = null;

  constructor(model, filter) {
    this.model = model;
    this.filter = filter;
    this.heading = element('h2', 'unseen', words.queues);
    this.heading.id = 'wall-head';
    this.tiles = element('div');
    this.tiles.id = 'tiles';
    this.note = element('p');
    this.note.id = 'wall-note';
    this.section = element('section', '', this.heading, this.tiles, this.note);
    this.section.id = 'wall';
    this.section.setAttribute('aria-labelledby', this.heading.id);
    // What the server wrote stays until there is something to draw.
    this.written = document.getElementById('wall');
    if (!this.written) document.getElementById('main').prepend(this.section);
    this.leave = button(words.leave_wall, () => this.turn(false), 'leave');
    document.querySelector('header').append(this.leave);
    document.addEventListener('fullscreenchange', () => {
      if (!document.fullscreenElement && this.on && this.full) this.turn(false);
    });
    document.addEventListener('visibilitychange', () => this.#stayAwake());
    this.#mode(document.body.dataset.mode === 'wall');
  }

  get on() {
    return document.body.dataset.mode === 'wall';
  }

  /** Turns the wall on or off, full screen where the browser allows it. */
  turn(on) {
    // A page that came as a wall has no other parts.
    if (!on && !document.getElementById('lines')) {
      const url = new URL(location.href);
      url.searchParams.delete('view');
      location.assign(url);
      return;
    }
    this.#mode(on);
    // A page that is loaded again stays what it is.
    const url = new URL(location.href);
    if (on) url.searchParams.set('view', 'wall');
    else url.searchParams.delete('view');
    history.replaceState(null, '', url);
    this.full = false;
    if (on) {
      const asked = document.documentElement.requestFullscreen?.();
      asked?.then(() => (this.full = true)).catch(() => {});
    } else if (document.fullscreenElement) document.exitFullscreen();
    this.draw();
    scrollTo(0, 0);
  }

  #mode(on) {
    document.body.dataset.mode = on ? 'wall' : 'board';
    this.section.hidden = !on;
    this.leave.hidden = !on;
    this.#stayAwake();
  }

  /** A screen on the wall does not go dark, where the browser lets a page ask for that. */
  #stayAwake() {
    if (!this.on) {
      this.#awake?.release().catch(() => {});
      this.#awake = null;
    } else if (!document.hidden && (!this.#awake || this.#awake.released)) {
      navigator.wakeLock?.request('screen').then((lock) => (this.#awake = lock)).catch(() => {});
    }
  }

  /** What is shown: the queues, or the lines where there are none; and the names of those, in pages. */
  #pages() {
    const { model, filter } = this;
    const what = model.queues.size || filter.queue ? 'queues' : 'lines';
    const wanted = [...model[what].keys()].filter((name) => what === 'lines' || !filter.queue || filter.queue === name).sort();
    const pages = [];
    for (let at = 0; at < wanted.length; at += FIT[what]) pages.push(wanted.slice(at, at + FIT[what]));
    return { what, pages };
  }

  /** Sets the page that is due to what its queues or lines are now. */
  draw() {
    if (!this.on || !this.model.epoch) return;
    this.written?.replaceWith(this.section);
    this.written = null;
    const { what, pages } = this.#pages();
    if (this.what !== what) {
      this.what = what;
      this.#tiles.clear();
      this.tiles.replaceChildren();
      this.heading.textContent = words[what];
    }
    const due = pages.length > 1 ? Math.floor(clock.wall / STAYS) % pages.length : 0;
    this.#page = due;
    const before = new Map(this.#tiles);
    let at = this.tiles.firstElementChild;
    for (const name of pages[due] || []) {
      let tile = before.get(name);
      before.delete(name);
      if (!tile) {
        tile = what === 'lines' ? this.#line() : this.#queue();
        this.#tiles.set(name, tile);
      }
      tile.update(this.model[what].get(name));
      if (tile.element === at) at = at.nextElementSibling;
      else this.tiles.insertBefore(tile.element, at);
    }
    for (const [name, tile] of before) {
      tile.element.remove();
      this.#tiles.delete(name);
    }
    const { queue } = this.filter;
    const unknown = queue && !this.model.queues.has(queue);
    const none = unknown ? say('no_such_queue', { queue: plain(queue) }) : words.wall_empty;
    const note = pages.length === 0 ? none : pages.length > 1 ? say('wall_page', { page: due + 1, pages: pages.length }) : '';
    put(this.note, note);
  }

  #queue() {
    const heading = element('h3');
    const [number, time, flag] = [element('b'), element('span'), element('span', 'flag')];
    const stat = (label) => {
      const dd = element('dd');
      return { dd, box: element('div', '', element('dt', '', label), dd) };
    };
    const level = say('within', { seconds: Math.ceil(this.model.within / 1000) });
    const stats = [
      cells.state('free', words.wall_free),
      cells.state('talking', words.wall_busy),
      cells.state('paused', words.wall_paused),
      words.answered,
      words.lost,
      level,
    ].map(stat);
    const made = element(
      'article',
      'tile',
      heading,
      element('p', 'big', number, element('span', 'side', time, ' ', element('span', '', words.waiting), ' ', flag)),
      element('dl', '', ...stats.map(({ box }) => box)),
    );
    const tile = { element: made, heading, number, time, flag, stats };
    tile.update = (queue) => this.#updateQueue(tile, queue);
    return tile;
  }

  #updateQueue(tile, queue) {
    headed(tile.heading, queue.description || queue.name);
    put(tile.number, String(queue.waiting.length));
    tile.first = queue.waiting[0]?.since;
    if (tile.time.since !== tile.first) {
      tile.time.since = tile.first;
      tile.time.replaceChildren(...(tile.first === undefined ? [] : [cells.timer(tile.first)]));
    }
    this.#late(tile);
    const values = [count(queue, 'free'), count(queue, 'talking', 'ringing', 'held'), count(queue, 'paused')];
    values.push(queue.answered, queue.abandoned, percent(queue.service_level));
    values.forEach((value, at) => put(tile.stats[at].dd, String(value)));
  }

  /** What a line is in, and its calls. */
  #line() {
    const [heading, is, calls] = [element('h3'), element('p', 'is'), element('ul')];
    const update = (line) => {
      headed(heading, line.description || line.user);
      const [className, text] = lineState(line);
      const besides = beside(line, className);
      cells.fill(is, [className, text, ...besides].join('\n'), () => [
        cells.state(className, text),
        ...besides.flatMap((one) => [' ', element('small', '', one)]),
      ]);
      cells.dress(made, line.calls.length ? 'tile line busy' : 'tile line');
      cells.list(
        calls,
        line.calls,
        (call) => call.id,
        (call) => JSON.stringify([call.state, call.direction, call.peer, call.since]),
        (call) => [...callWords(call), ' ', cells.timer(call.since)],
      );
    };
    const made = element('article', 'tile line', heading, is, calls);
    return { element: made, update };
  }

  #late(tile) {
    if (this.what === 'lines') return;
    const within = this.model.within;
    const late = tile.first !== undefined && clock.now - tile.first > within;
    cells.dress(tile.element, tile.first === undefined ? 'tile' : late ? 'tile some late' : 'tile some');
    put(tile.flag, late ? say('wall_late', { seconds: Math.ceil(within / 1000) }) : '');
  }

  /** Every second: times, and the next page when it is due. */
  second() {
    if (!this.on || this.written) return;
    const pages = this.#pages().pages.length;
    if (pages > 1 && Math.floor(clock.wall / STAYS) % pages !== this.#page) this.draw();
    for (const tile of this.#tiles.values()) {
      cells.tick(tile.element.getElementsByClassName('t'));
      this.#late(tile);
    }
  }
}
