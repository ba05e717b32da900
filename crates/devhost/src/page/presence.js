// Who is there: buttons for what people do, and what a client of the plugin's feed receives.

import { $, customStatus, make, time } from './dom.js';

/** Frames that are shown; older ones go. */
const KEPT = 200;

/** Milliseconds until a lost connection is tried again. */
const AGAIN = 1000;

const CHOICES = [['online', 'Online'], ['away', 'Away'], ['dnd', 'Do not disturb'], ['offline', 'Offline'], ['ooo', 'Out of office']];

function does(user, deed) {
  return fetch('devhost/person', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user, deed }),
  }).catch(() => { /* The stream of events says that the host is gone. */ });
}

function button(label, pressed, press) {
  const element = make('button', pressed ? 'chosen' : '', label);
  element.type = 'button';
  if (pressed !== undefined) element.setAttribute('aria-pressed', pressed);
  element.addEventListener('click', press);
  return element;
}

/** One row a person, made once, so that a button keeps the focus while its row changes. */
const rows = new Map();

function row(user) {
  const item = make('li', 'person');
  const dot = make('span');
  dot.setAttribute('aria-hidden', 'true');
  const custom = make('span', 'custom');
  const buttons = make('div', 'buttons');
  buttons.setAttribute('role', 'group');
  buttons.setAttribute('aria-label', `What ${user.username} does`);
  const choices = CHOICES.map(([word, label]) => [word, button(label, false, () => does(user.id, { choose: word }))]);
  const open = button('Open', undefined, () => does(user.id, rows.get(user.id).open ? 'close' : 'open'));
  buttons.append(open, ...choices.map(([, choice]) => choice));
  item.append(dot, make('strong', '', user.username), make('span', 'muted', user.name), buttons, custom);
  return { item, dot, custom, choices, button: open, open: 0 };
}

export function drawPresencePeople(people) {
  for (const user of people) {
    if (!rows.has(user.id)) rows.set(user.id, row(user));
    const shown = rows.get(user.id);
    shown.open = user.open;
    shown.dot.className = `dot ${user.status}`;
    shown.button.textContent = user.open ? 'Close Mattermost' : 'Open Mattermost';
    for (const [word, choice] of shown.choices) {
      choice.classList.toggle('chosen', word === user.status);
      choice.setAttribute('aria-pressed', word === user.status);
    }
    shown.custom.hidden = !user.custom;
    if (user.custom) shown.custom.textContent = customStatus(user.custom);
  }
  const items = people.map((user) => rows.get(user.id).item);
  const list = $('presence-people');
  if (items.length !== list.children.length || items.some((item, at) => list.children[at] !== item)) {
    list.replaceChildren(...items);
  }
}

/** The URL that is to be connected to; none while the plugin does not run. */
let wanted = null;
let socket = null;
let retry = null;

/** What each address's last frame said. */
const said = new Map();

function tell(words, kind) {
  $('feed-state').textContent = words;
  $('feed-state').className = `pill ${kind}`;
}

function addFrame(text) {
  let known = false;
  try {
    const { email, status } = JSON.parse(text);
    known = said.get(email) === status;
    said.set(email, status);
  } catch { /* Shown as it came. */ }
  const item = make('li', known ? 'frame known' : 'frame');
  // It may be broken behind a comma rather than within a word.
  const words = make('span');
  for (const part of text.split(/(?<=,)/)) words.append(part, make('wbr'));
  item.append(make('time', '', time(Date.now())), words);
  $('frames').prepend(item);
  while ($('frames').children.length > KEPT) $('frames').lastChild.remove();
}

function connect() {
  retry = null;
  const own = new WebSocket(wanted);
  socket = own;
  tell('connecting', 'idle');
  own.addEventListener('open', () => { if (own === socket) tell('connected', 'good'); });
  own.addEventListener('message', (event) => { if (own === socket) addFrame(event.data); });
  own.addEventListener('close', (event) => {
    if (own !== socket) return;
    socket = null;
    tell(event.code === 1006 ? 'no connection' : `closed: ${event.code} ${event.reason}`.trim(), 'bad');
    if (wanted) retry = setTimeout(connect, AGAIN);
  });
}

/** Shows where the plugin tells who is there, and listens; `null` when the host is gone. */
export function drawPresence(state) {
  let url = null;
  if (state?.presence) {
    const query = `secret=${encodeURIComponent(state.presence.secret)}`;
    const path = `${location.host}/plugins/${state.plugin.id}/api/v1`;
    $('presence-status').textContent = `curl '${location.protocol}//${path}/status?page=0&${query}'`;
    url = `${location.protocol.replace('http', 'ws')}//${path}/ws?${query}`;
    $('presence-feed').textContent = url;
    if (state.plugin.state !== 'running' || !state.presence.secret) url = null;
  }
  if (url === wanted) return;
  wanted = url;
  clearTimeout(retry);
  socket?.close();
  socket = null;
  said.clear();
  tell('not connected', 'idle');
  if (wanted) connect();
}
