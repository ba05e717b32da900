// What rows are made of. Nothing here reads HTML: what others chose is only ever put in as text.

import { duration, peerName, peerNumber, plain, words } from './text.js';

/** The server's clock, in milliseconds; it stands still while the board is not live. */
export const clock = { now: Number(document.body.dataset.now) };

/** The sources that tell nothing at the moment, as lines and queues call them. */
export const gone = new Set();

/** What tables' parts are: styles may make some browsers forget it. */
const ROLES = { tbody: 'rowgroup', tr: 'row', td: 'cell', th: 'rowheader' };

/** An element with a class and content. */
export function element(tag, className = '', ...content) {
  const made = document.createElement(tag);
  if (tag in ROLES) made.setAttribute('role', ROLES[tag]);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** Sets an element's text, if it is another one. */
export function put(cell, text) {
  if (cell.shown === text) return;
  cell.shown = text;
  cell.textContent = text;
}

/** Sets an element's class, if it is another one. */
export function dress(cell, className) {
  if (cell.className !== className) cell.className = className;
}

/** Somebody else's text, with a direction of its own. */
export const name = (text) => element('bdi', '', plain(text));

/** The same, less conspicuous. */
export const small = (text) => element('small', '', name(text));

/** Somebody's name, and their number where the name is that of no line. */
export function peer(one) {
  const shown = peerName(one);
  if (!shown) return [words.unknown_caller];
  const beside = !one.name && one.label && peerNumber(one);
  return beside ? [name(shown), ' ', small(beside)] : [name(shown)];
}

/** How long something lasts that goes on: set every second while its row is seen. */
export function timer(since) {
  const made = element('span', 't', duration(clock.now - since));
  made.since = since;
  return made;
}

/** Sets a timer or a dash in a cell of its own. */
export function putTimer(cell, since) {
  if ('since' in cell && cell.since === since) return;
  cell.since = since;
  if (since === undefined) put(cell, '–');
  else {
    cell.shown = undefined;
    cell.replaceChildren(timer(since));
  }
}

/** Sets all timers in an element to now. */
export function tick(timers) {
  for (const one of timers) {
    const text = duration(clock.now - one.since);
    if (one.firstChild.data !== text) one.firstChild.data = text;
  }
}

/** A state: its sign, which is drawn, and its words. */
export function state(className, ...content) {
  const dot = element('span', 'dot');
  dot.setAttribute('aria-hidden', 'true');
  return element('span', `state ${className}`, dot, ' ', ...content);
}

/** Puts other content in where `told`, which says what it is, is new. */
export function fill(cell, told, content) {
  if (cell.told === told) return;
  cell.told = told;
  cell.replaceChildren(...content());
}

/** A text's template with elements put in: `talks with {other}`. */
export function template(text, put_in) {
  const parts = [];
  for (const part of text.split(/(\{\w+\})/)) {
    const key = part.startsWith('{') ? part.slice(1, -1) : '';
    if (key in put_in) parts.push(...put_in[key]);
    else if (part) parts.push(part);
  }
  return parts;
}

/** Makes a list's items those of `items`, each kept by its key, and made anew where what it tells is new. */
export function list(ul, items, key, told, content) {
  const before = new Map();
  for (const li of ul.children) before.set(li.key, li);
  let at = ul.firstChild;
  for (const item of items) {
    const own = key(item);
    let li = before.get(own);
    if (li) before.delete(own);
    else {
      li = element('li');
      li.key = own;
    }
    fill(li, told(item), () => content(item));
    if (li === at) at = at.nextSibling;
    else ul.insertBefore(li, at);
  }
  for (const li of before.values()) li.remove();
}
