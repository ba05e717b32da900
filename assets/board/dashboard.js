// The board's page as it happens: takes the stream's messages over, and draws what they change once a frame.

import { clock, element, put, tick } from './dashboard/cells.js';
import { Chart } from './dashboard/chart.js';
import { Filter, controls, sorting } from './dashboard/controls.js';
import { Model } from './dashboard/model.js';
import { Rings } from './dashboard/rings.js';
import { Stream } from './dashboard/stream.js';
import { Table } from './dashboard/table.js';
import * as kinds from './dashboard/tables.js';
import { clock as clockWords, moment, plain, say, words } from './dashboard/text.js';
import { Wall } from './dashboard/wall.js';

/** So long a frame may take, in milliseconds; what is left is drawn in the next one. */
const FRAME = 12;
/** What changes is drawn no more often than this, in milliseconds: eyes are slower, and old machines are, too. */
const PACE = 250;
/** Where everything is told anew, it is drawn when nothing came for so long, in milliseconds: it comes in one go. */
const SETTLE = 120;
/** Screen readers are told no more often than this that somebody waits, in milliseconds. */
const CALM = 5000;

const model = new Model();
const filter = new Filter();
const live = document.getElementById('live');
const told = document.getElementById('told');
const hasTables = document.getElementById('lines') !== null;

// The server's clock --------------------------------------------------------------------------------------------------------------

let ahead = Number(document.body.dataset.now) - performance.now();
let state = 'connecting';
let lostAt = 0;
/** When the last message came, by the server's clock. */
let heardAt = 0;

/** The server's clock now, also while the board is not live. */
const serverNow = () => performance.now() + ahead;

function setClock(now) {
  const found = now - performance.now();
  // A message that came late would put the clock back by as much.
  if (found > ahead || ahead - found > 2000) ahead = found;
}

// What is said to those who do not see ----------------------------------------------------------------------------------------------

let toldAt = -CALM;
let begin = new Set();

function tell(text) {
  told.textContent = text;
  toldAt = performance.now();
}

/** Queues in which somebody waits now, and nobody did. */
function tellWaiting() {
  if (begin.size === 0 || performance.now() - toldAt < CALM) return;
  const still = [...begin].filter((name) => model.queues.get(name)?.waiting.length > 0);
  begin = new Set();
  if (still.length > 0) tell(say('waits_now', { queues: still.map((name) => plain(model.shown(name))).join(', ') }));
}

// The strip -----------------------------------------------------------------------------------------------------------------------

function showState() {
  const texts = {
    connecting: () => words.connecting,
    live: () => words.live,
    lost: () => (lostAt ? say('not_live', { time: clockWords(lostAt) }) : words.never_live),
    ended: () => words.ended,
  };
  put(live, texts[state]());
  document.body.dataset.live = state;
}

// What is below the strip begins below it, in how many lines ever it says what is wrong.
new ResizeObserver(() => document.body.style.setProperty('--strip', `${live.offsetHeight}px`)).observe(live);

function became(next) {
  if (next === state) return;
  const before = state;
  if (next !== 'live' && before === 'live') lostAt = heardAt;
  state = next;
  showState();
  if (next === 'lost' || next === 'ended') tell(live.textContent);
  else if (next === 'live' && before === 'lost') tell(words.live_again);
}

const sources = document.getElementById('sources');

function showSources() {
  const now = serverNow();
  const items = model.sources.map(({ name, up, since }) => {
    if (up) return ['up', say('source_up', { name })];
    return ['down', say('source_down', { name, time: moment(since, now) })];
  });
  if (!document.body.dataset.zone) items.push(['', words.utc]);
  const text = JSON.stringify(items);
  if (sources.told === text) return;
  sources.told = text;
  sources.replaceChildren(...items.map(([className, shown]) => element('li', className, shown)));
}

// What is drawn -------------------------------------------------------------------------------------------------------------------

const tables = [];
let chart = null;
if (hasTables) {
  for (const kind of [kinds.queues, kinds.agents, kinds.lines, kinds.history]) {
    tables.push(new Table(kind(model, filter), sorting));
  }
  chart = new Chart(model, filter);
}
const keysOf = { queues: 'queues', agents: 'agents', lines: 'lines', history: 'calls' };
const wall = new Wall(model, filter);
const panel = controls({
  model,
  filter,
  changed(queue) {
    for (const table of tables) table.filter();
    if (queue && chart) {
      chart.change(true);
      kinds.sums(tables[0], model, filter);
    }
    wall.draw();
  },
  wall: () => wall.turn(!wall.on),
  rings: document.body.dataset.rings === '1',
});
const rings = new Rings(serverNow, (ring) => !filter.queue || ring.queue === filter.queue || model.agents.get(ring.line)?.has(filter.queue));

let begun = false;
let due = false;
let drawnAt = -PACE;
let settles = 0;
/** Which table was drawn last. */
let turn = -1;

/** So many calls that ended and were not drawn, and the page does not wait for a frame. */
const MANY = 1000;

/**
 * Has what changed drawn, in a frame of its own. A page in the background has no frames: it catches up when it is looked at, or when more
 * ended than it should keep in mind.
 */
function schedule(now = performance.now()) {
  if (due) {
    if (document.hidden && model.changed.calls.size > MANY) draw();
    return;
  }
  due = true;
  const wait = Math.max(settles, drawnAt + PACE) - now;
  if (wait > 0) setTimeout(() => requestAnimationFrame(draw), wait);
  else requestAnimationFrame(draw);
}

function draw() {
  due = false;
  const now = performance.now();
  // What the server wrote stays until the stream told what there is.
  if (!model.epoch) return;
  if (now < settles) {
    schedule();
    return;
  }
  drawnAt = now;
  if (state === 'live') clock.now = serverNow();
  clock.wall = serverNow();
  const until = now + FRAME;
  if (!begun) for (const table of tables) table.begin();
  begun = true;
  document.body.dataset.drawn = '';
  const queuesChanged = model.changed.queues.size > 0;
  const linesChanged = model.changed.lines.size > 0;
  if (queuesChanged) panel.queues();
  // One table a frame, each in its turn: four short tasks are better than a long one.
  const waits = (table) => model.changed[keysOf[table.kind.id]].size > 0;
  for (let tried = 0; tried < tables.length; tried += 1) {
    turn = (turn + 1) % tables.length;
    if (!waits(tables[turn])) continue;
    tables[turn].update(model.changed[keysOf[tables[turn].kind.id]], until);
    break;
  }
  const left = tables.some(waits);
  if (queuesChanged) {
    if (tables.length > 0) kinds.sums(tables[0], model, filter);
    showTitle();
  }
  if (queuesChanged || (linesChanged && model.queues.size === 0)) wall.draw();
  if (!hasTables) for (const keys of Object.values(model.changed)) keys.clear();
  if (model.hoursChanged && chart) chart.change(false);
  model.hoursChanged = false;
  if (left) schedule(Infinity);
}

function showTitle() {
  let waiting = 0;
  for (const queue of model.queues.values()) waiting += queue.waiting.length;
  const title = waiting > 0 ? `(${waiting}) ${words.title}` : words.title;
  if (document.title !== title) document.title = title;
}

function second() {
  if (document.hidden) return;
  const now = serverNow();
  if (state === 'live') clock.now = now;
  clock.wall = now;
  put(clockText, clockWords(now));
  for (const table of tables) table.second();
  if (tables.length > 0) {
    for (const row of tables[0].rows.values()) if (row.seen) kinds.queues.late(row, model.within);
    tick(tables[0].foot.getElementsByClassName('t'));
    chart.second();
  }
  wall.second();
  tellWaiting();
}

const clockText = document.getElementById('clock');

// The stream ----------------------------------------------------------------------------------------------------------------------

function message(one) {
  heardAt = serverNow();
  if (one.ring) {
    panel.rings();
    rings.told(one.ring);
    return;
  }
  if (one.board) setClock(one.board.now);
  const before = one.queue && model.queues.get(one.queue.name);
  if (before && before.waiting.length === 0 && one.queue.waiting.length > 0) begin.add(one.queue.name);
  const anew = model.apply(one);
  if (anew || settles > performance.now()) settles = performance.now() + SETTLE;
  if (one.board) {
    heardAt = one.board.now;
    showSources();
  }
  schedule();
}

showState();
new Stream(() => model, message, became);
// On the second, so that all times change together.
(function again() {
  second();
  setTimeout(again, 1000 - (serverNow() % 1000));
})();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    schedule();
    second();
  }
});
