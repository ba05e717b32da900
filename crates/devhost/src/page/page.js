// What the dev host tells, shown. Text is always set as text.
import { boxes } from './attachments.js';
import { showDialog } from './dialog.js';
import { $, customStatus, make, time } from './dom.js';
import { markdown } from './markdown.js';
import { drawPresence, drawPresencePeople } from './presence.js';

const KEPT = 400;

/** The path of the site, without a slash at its end. */
const SITE = location.pathname.replace(/\/$/, '');

/** The last "everything", kept up to date by the changes after it. */
let state = null;

const person = (id) => state.authors.find((user) => user.id === id)?.username ?? 'someone';

// Phones

const ACTIONS = [
  ['Call', [
    ['incoming-call', 'Rings', true], ['answering-call', 'Answers'], ['call-established', 'Talks', true],
    ['call-terminated', 'Call ends', true], ['missed-call', 'Missed', true], ['outgoing-call', 'Calls out', true],
  ]],
  ['Handset', [['offhook', 'Lift'], ['onhook', 'Put down']]],
  ['Do not disturb', [['dnd-on', 'On'], ['dnd-off', 'Off']]],
  ['Queue', [['paused-on', 'Pause'], ['paused-off', 'Resume']]],
  ['Agent', [['agent-login', 'In'], ['agent-logout', 'Out']]],
  ['Login', [['login', 'In'], ['logout', 'Out']]],
];

function drawActions() {
  for (const [group, actions] of ACTIONS) {
    const box = make('div', actions.length > 2 ? 'group wide' : 'group');
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', group);
    box.append(make('span', 'group-name', group));
    const buttons = make('div', 'buttons');
    for (const [action, label, numbered] of actions) {
      const button = make('button', '', label);
      button.type = 'button';
      button.title = action;
      button.addEventListener('click', () => press(action, numbered));
      buttons.append(button);
    }
    box.append(buttons);
    $('phone-actions').append(box);
  }
}

async function press(action, numbered) {
  if (!state) return;
  const parts = ['sip', action, $('phone-user').value];
  const number = $('phone-number').value.trim();
  if (numbered && number) parts.push(number);
  const path = `${SITE}/plugins/${state.plugin.id}/${parts.map(encodeURIComponent).join('/')}?secret=${encodeURIComponent(state.phones.secret)}`;
  $('phone-url').textContent = `curl '${location.origin}${path}'`;
  const answer = $('phone-answer');
  answer.className = 'answer';
  answer.textContent = '…';
  try {
    const response = await fetch(path, { credentials: 'omit' });
    const text = (await response.text()).trim();
    answer.textContent = `${response.status}${text ? ` ${text}` : ', empty, as phones want it'}`;
    answer.classList.add(response.ok ? 'good' : 'bad');
  } catch {
    answer.textContent = 'no answer: the dev host is not there';
    answer.classList.add('bad');
  }
}

// The channel

/** Posts of one author within so many milliseconds stand under one head. */
const TOGETHER = 5 * 60 * 1000;

/** Shows to the one who is signed in what nobody else sees. */
const tellMe = (message, posts) => addPost({ message, create_at: Date.now() }, person(state.me), posts);

function addPost(post, only, posts = $('posts')) {
  const { id, message, user_id, create_at, props } = post;
  const content = () => [markdown(message), ...boxes(post, (problem) => tellMe(problem, posts))];
  const known = id && posts.querySelector(`[data-id="${id}"] .body`);
  if (known) {
    known.replaceChildren(...content());
    return;
  }
  posts.querySelector('.empty')?.remove();
  const stays = posts.scrollHeight - posts.scrollTop - posts.clientHeight > 60;
  const item = make('li', only ? 'post ephemeral' : 'post');
  if (id) item.dataset.id = id;
  item.dataset.author = only ? '' : user_id;
  item.dataset.at = create_at;
  const name = only ? (state.plugin.name || state.plugin.id) : person(user_id);
  const body = make('div', 'body');
  body.append(...content());
  const before = posts.lastElementChild;
  if (!only && before?.dataset.author === user_id && create_at - before.dataset.at < TOGETHER) {
    item.classList.add('again');
    item.append(make('time', '', time(create_at).replace(/^0/, '').replace(/\s?[AP]M$/, '')), body);
  } else {
    const face = make('span', 'face', name.slice(0, 1).toUpperCase());
    face.style.setProperty('--hue', [...name].reduce((sum, c) => sum + c.charCodeAt(0) * 47, 0) % 360);
    face.setAttribute('aria-hidden', 'true');
    const head = make('div', 'head');
    head.append(make('strong', '', name));
    if (props?.sent_by_plugin) head.append(make('span', 'tag', 'plugin'));
    head.append(make('time', '', time(create_at)));
    if (only) head.append(make('span', 'tag', `only ${only} sees this`));
    item.append(face, head, body);
  }
  posts.append(item);
  while (posts.children.length > KEPT) posts.firstChild.remove();
  if (!stays) posts.scrollTop = posts.scrollHeight;
}

function drawPosts() {
  for (const post of state.posts) addPost(post);
  if ($('posts').children.length === 0) {
    $('posts').append(make('li', 'empty', state.phones ? 'Nothing was posted yet. Press a button under “Phones”, or call a phone URL with curl.' : 'Nothing was posted yet.'));
  }
}

/** What the plugin's bot and whoever is signed in say to each other, such as the course of a call. */
function addDirect(post) {
  $('direct').hidden = false;
  addPost(post, undefined, $('direct-posts'));
}

$('command').addEventListener('submit', async (event) => {
  event.preventDefault();
  const input = $('command-line');
  const line = input.value.trim();
  if (!line || !state) return;
  try {
    const response = await fetch('devhost/command', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ line }),
    });
    const answer = await response.json();
    if (answer.error) tellMe(answer.error);
    else if (answer.response_type !== 'in_channel' && answer.text) tellMe(answer.text);
    input.value = '';
  } catch {
    tellMe('no answer: the dev host is not there');
  }
});

// The board and people

const STATUSES = { online: 'online', away: 'away', dnd: 'do not disturb', offline: 'offline', ooo: 'out of office' };
const CALLS = { ringing: 'rings', talking: 'talks', held: 'on hold' };

/** What a PBX says of a device, where calls do not tell it; one that is free has no words of its own. */
const DEVICES = {
  ringing: ['rings', 'amber'], busy: ['busy', 'blue'], held: ['on hold', 'blue'], unreachable: ['unreachable', ''], unknown: ['device unknown', ''],
};

function chips(line) {
  const found = [];
  const device = line.calls.length === 0 && DEVICES[line.device];
  if (device) found.push(device);
  if (line.dnd) found.push(['do not disturb', 'red']);
  if (line.off_hook) found.push(['off the hook', 'amber']);
  if (line.paused) found.push(['paused', 'amber']);
  if (line.agent_logged_in) found.push(['agent', 'blue']);
  if (line.logged_in) found.push(['logged in', 'blue']);
  const busy = device || line.dnd || line.off_hook || line.paused || line.calls.length > 0;
  return busy ? found : [['free', 'green'], ...found];
}

const nameOf = (peer) => {
  const name = peer && (peer.name || peer.label);
  return peer ? (name ? `${name} (${peer.number})` : peer.number) : 'unknown number';
};

function drawQueues(queues) {
  $('queues-title').hidden = queues.length === 0;
  $('queues').replaceChildren(...queues.map((queue) => {
    const item = make('li', 'line');
    const states = make('span', 'chips');
    const waits = queue.waiting.length;
    states.append(make('span', waits > 0 ? 'chip amber' : 'chip green', waits > 0 ? `${waits} waiting` : 'nobody waits'));
    item.append(make('strong', '', queue.name), states);
    for (const { peer } of queue.waiting) item.append(make('span', 'call', nameOf(peer)));
    const agents = queue.agents.map(({ name, state: is, paused }) => `${name}: ${paused ? 'paused' : is}`);
    item.append(make('span', 'agents', agents.join(', ') || 'no agents'));
    return item;
  }));
}

function drawBoard(board) {
  const lines = board.lines ?? [];
  drawQueues(board.queues ?? []);
  $('board-note').hidden = lines.length > 0;
  $('board-note').textContent = 'No phone has reported yet.';
  $('lines').replaceChildren(...lines.map((line) => {
    const item = make('li', 'line');
    item.append(make('strong', '', line.user));
    const states = make('span', 'chips');
    for (const [text, colour] of chips(line)) states.append(make('span', `chip ${colour}`, text));
    item.append(states);
    for (const call of line.calls) {
      const row = make('span', `call ${call.state}`);
      const arrow = call.direction === 'outgoing' ? '→' : call.direction === 'incoming' ? '←' : '·';
      row.append(`${arrow} ${nameOf(call.peer)}`, make('em', '', CALLS[call.state] ?? call.state));
      item.append(row);
    }
    return item;
  }));
}

/** How often the board is asked for, in milliseconds: an Asterisk changes it without a request that the host sees. */
const BOARD_EVERY = 1500;

/** The board that is shown, as it came. */
let shown = '';
let asking = false;
let again = false;
async function askForBoard() {
  if (!state.phones) return;
  if (asking) { again = true; return; }
  asking = true;
  do {
    again = false;
    const address = `${SITE}/plugins/${state.plugin.id}/api/v1/board?secret=${encodeURIComponent(state.phones.secret)}`;
    try {
      const response = await fetch(address, { credentials: 'omit' });
      if (response.ok) {
        const board = await response.text();
        if (board !== shown) drawBoard(JSON.parse(board));
        shown = board;
      } else {
        shown = '';
        $('lines').replaceChildren();
        drawQueues([]);
        $('board-note').hidden = false;
        $('board-note').textContent = state.plugin.state === 'running' ? `The plugin answers ${response.status}: ${(await response.text()).trim()}` : 'The plugin is not running.';
      }
    } catch { /* The stream of events says that the host is gone. */ }
  } while (again);
  asking = false;
}

setInterval(() => { if (state && !document.hidden) askForBoard(); }, BOARD_EVERY);

function drawPeople() {
  if (state.presence) {
    drawPresencePeople(state.people);
    return;
  }
  $('people').replaceChildren(...state.people.map((user) => {
    const item = make('li', 'person');
    const dot = make('span', `dot ${user.status}`);
    dot.setAttribute('aria-hidden', 'true');
    item.append(dot, make('strong', '', user.username), make('span', 'muted', user.name), make('span', 'status', STATUSES[user.status] ?? user.status));
    if (user.custom) item.append(make('span', 'custom', customStatus(user.custom)));
    return item;
  }));
}

// The log

let lastLine = 0;

function addLog(line) {
  if (line.number <= lastLine) return;
  lastLine = line.number;
  const log = $('lines-of-log');
  const stays = log.scrollHeight - log.scrollTop - log.clientHeight > 40;
  const item = make('li', `log ${line.level}`);
  item.append(make('time', '', time(line.at)), make('span', 'level', line.level), make('span', 'message', line.message));
  const fields = Object.entries(line.fields).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  if (fields.length > 0) item.lastChild.append(make('span', 'fields', ` ${fields.join(' ')}`));
  log.append(item);
  while (log.children.length > KEPT) log.firstChild.remove();
  if (!stays) log.scrollTop = log.scrollHeight;
}

$('log-debug').addEventListener('change', (event) => {
  $('lines-of-log').classList.toggle('debug-too', event.target.checked);
});

// The plugin

const STATES = {
  running: ['running', 'good'], stopped: ['disabled', 'idle'], dead: ['dead: the next health check restarts it', 'bad'], failed: ['did not start: see the log', 'bad'],
};
const ORDERS = {
  running: [['disable', 'Disable'], ['kill', 'Kill -9']], stopped: [['enable', 'Enable']], dead: [['check', 'Check its health now'], ['disable', 'Disable']], failed: [['enable', 'Try again']],
};

function drawPlugin() {
  const { id, name, version } = state.plugin;
  document.title = `${name || id} · dev host`;
  $('plugin-name').textContent = name || id;
  $('plugin-version').textContent = `${version} · dev host`;
  const [words, kind] = STATES[state.plugin.state] ?? [state.plugin.state, 'idle'];
  $('plugin-state').textContent = words;
  $('plugin-state').className = `pill ${kind}`;
  $('plugin-orders').replaceChildren(...(ORDERS[state.plugin.state] ?? []).map(([order, label]) => {
    const button = make('button', 'quiet', label);
    button.type = 'button';
    button.addEventListener('click', async () => {
      button.disabled = true;
      await fetch('devhost/plugin', {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ order }),
      }).catch(() => {});
      button.disabled = false;
    });
    return button;
  }));
  $('channel-title').textContent = state.channel ? `~${state.channel.name}` : 'Channel';
  $('board-link').href = `${SITE}/plugins/${id}/dashboard`;
  $('board-link').hidden = state.plugin.state !== 'running';
  $('command-line').placeholder = state.commands.length > 0 ? `/${state.commands[0].trigger}` : 'a message; the plugin has no commands';
  $('commands').replaceChildren(...state.commands.map((command) => {
    const option = make('option');
    option.value = `/${command.trigger}`;
    option.label = command.description;
    return option;
  }));
}

/** A plugin has something for phones, tells who is there, both, or neither. */
function drawParts() {
  const presenceAlone = Boolean(state.presence) && !state.phones;
  document.querySelector('main').className = state.presence ? (state.phones ? 'both' : 'presence-alone') : (state.phones ? '' : 'neither');
  $('phones').hidden = !state.phones;
  $('phones-board').hidden = !state.phones;
  $('people-list').hidden = Boolean(state.presence);
  $('channel').hidden = presenceAlone;
  $('board').hidden = presenceAlone;
  $('presence').hidden = !state.presence;
}

function choose(select, names, chosen) {
  if ([...select.options].map((option) => option.value).join() !== names.join()) {
    select.replaceChildren(...names.map((name) => new Option(name)));
  }
  select.value = chosen;
}

$('me').addEventListener('change', (event) => { location.href = `?as=${encodeURIComponent(event.target.value)}`; });

// What the host tells

function drawEverything(everything) {
  const first = state?.run !== everything.run;
  state = everything;
  if (first) {
    $('posts').replaceChildren();
    $('direct-posts').replaceChildren();
    $('direct').hidden = true;
    $('direct-title').textContent = `Direct messages to ${person(state.me)}`;
    $('lines-of-log').replaceChildren();
    lastLine = 0;
  }
  const names = state.people.map((user) => user.username);
  choose($('me'), names, person(state.me));
  choose($('phone-user'), names, first ? (names.includes('bob') ? 'bob' : names[0]) : $('phone-user').value);
  drawPlugin();
  drawParts();
  drawPresence(state);
  drawPosts();
  for (const post of state.direct) addDirect(post);
  drawPeople();
  for (const line of state.logs) addLog(line);
  askForBoard();
}

function change({ event, data }) {
  if (!state) return;
  if (event === 'post' && data.channel_id === state.channel?.id) {
    addPost(data);
  } else if (event === 'post_edited' && $('posts').querySelector(`[data-id="${data.id}"]`)) {
    addPost(data);
  } else if (event === 'ephemeral' && data.user_id === state.me) {
    const here = data.post.channel_id === state.channel?.id || $('direct').hidden;
    addPost(data.post, person(state.me), here ? $('posts') : $('direct-posts'));
  } else if (event === 'status') {
    const user = state.people.find((one) => one.id === data.user_id);
    if (user) user.status = data.status;
    drawPeople();
  } else if (event === 'clients') {
    const user = state.people.find((one) => one.id === data.user_id);
    if (user) user.open = data.open;
    drawPeople();
  } else if (event === 'log') {
    addLog(data);
  } else if (event === 'request' && !data.path.endsWith('/api/v1/board')) {
    askForBoard();
  }
}

drawActions();
const events = new EventSource('devhost/events');
events.addEventListener('everything', (event) => { $('banner').hidden = true; drawEverything(JSON.parse(event.data)); });
events.addEventListener('change', (event) => change(JSON.parse(event.data)));
events.addEventListener('direct', (event) => {
  if (!state) return;
  addDirect(JSON.parse(event.data));
  askForBoard();
});
events.addEventListener('dialog', (event) => {
  if (state?.channel) showDialog(JSON.parse(event.data), state.channel, state.people);
});
events.addEventListener('error', () => {
  $('banner').textContent = 'The dev host is not there. This page goes on by itself when it is back.';
  $('banner').hidden = false;
  $('plugin-state').textContent = 'no connection';
  $('plugin-state').className = 'pill bad';
  $('plugin-orders').replaceChildren();
  drawPresence(null);
});
