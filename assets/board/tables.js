// The four tables: what their rows show, and by what they are sorted and filtered.

import * as cells from './cells.js';
import { clock, element, gone, put } from './cells.js';
import { duration, moment, peerName, peerNumber, percent, plain, say, words } from './text.js';

/** The most callers, talks and agents of a queue that are listed. */
const MAX_LISTED = 20;

const cell = (label, className = '') => {
  const td = element('td', className);
  td.dataset.label = label;
  return td;
};

const head = () => {
  const th = element('th');
  th.scope = 'row';
  return th;
};

const titled = (th, title, ...besides) => {
  const shown = besides.filter((beside) => beside && beside !== title);
  cells.fill(th, JSON.stringify([title, shown]), () => [cells.name(title), ...shown.flatMap((beside) => [' ', cells.small(beside)])]);
};

const peerText = (peer) => (peer ? [peer.name, peer.label, peer.number, peerNumber(peer)].filter(Boolean) : []);

/** What an agent is in: a call, or else pausing, or else what their phone is in. */
const PHONES = {
  free: ['free', words.free],
  ringing: ['ringing', words.ringing],
  talking: ['talking', words.in_a_call],
  held: ['held', words.held],
  unreachable: ['away', words.not_registered],
  unknown: ['unknown', words.no_state],
};
const RANKS = ['talking', 'held', 'ringing', 'free', 'unreachable', 'unknown'];
const inCall = (state) => state === 'talking' || state === 'held' || state === 'ringing';

/** An agent of a queue as they are now: what their phone is in, nobody knows while who tells of the queue is gone. */
export const agentOf = (queue, agent) => (gone.has(queue?.source) ? { ...agent, state: 'unknown' } : agent);

export const agentState = (agent) =>
  agent.paused && !inCall(agent.state) ? ['paused', words.paused] : PHONES[agent.state] || PHONES.unknown;

/** Why an agent of one queue pauses, if they do. */
const pause = (agent) => (agent.reason ? say('paused_because', { reason: plain(agent.reason) }) : words.paused);

// Queues ------------------------------------------------------------------------------------------------------------------------

const group = (className, heading) => {
  const ul = element('ul');
  return element('div', className, element('b', '', heading), ul);
};

const withMore = (items) => {
  if (items.length <= MAX_LISTED) return items;
  return [...items.slice(0, MAX_LISTED), { more: items.length - MAX_LISTED }];
};

function people(box, items, key, told, content) {
  box.hidden = items.length === 0;
  cells.list(
    box.lastChild,
    withMore(items),
    (item) => (item.more ? 'more' : key(item)),
    (item) => (item.more ? String(item.more) : told(item)),
    (item) => (item.more ? [say('and_more', { count: item.more })] : content(item)),
  );
}

export const queues = (model, filter) => ({
  id: 'queues',
  optional: true,
  bodies: true,
  down: ['waiting', 'longest', 'answered', 'lost', 'total', 'percent', 'wait', 'talk', 'within'],
  items: () => model.queues,
  none: () => (filter.queue && !model.queues.has(filter.queue) ? say('no_such_queue', { queue: plain(filter.queue) }) : words.no_queues),
  make() {
    const labels = [words.waiting, words.longest_wait, words.answered, words.lost, words.total, words.answered_percent];
    labels.push(words.average_wait, words.average_talk, say('within', { seconds: Math.ceil(model.within / 1000) }));
    const th = head();
    const tds = labels.map((label) => cell(label, 'n'));
    const groups = [group('waits', words.waiting), group('talks', words.in_calls), group('takes', words.agents)];
    const td = element('td', '', element('div', '', ...groups));
    td.colSpan = 10;
    const below = element('tr', 'people', td);
    return { element: element('tbody', '', element('tr', '', th, ...tds), below), th, tds, groups, below };
  },
  update(row, queue) {
    const { tds, groups } = row;
    titled(row.th, queue.description || queue.name, queue.name, queue.number);
    const first = queue.waiting[0];
    put(tds[0], String(queue.waiting.length));
    cells.putTimer(tds[1], first && first.since);
    queues.late(row, model.within);
    put(tds[2], String(queue.answered));
    put(tds[3], String(queue.abandoned));
    put(tds[4], String(queue.total));
    put(tds[5], percent(queue.answered_percent));
    put(tds[6], duration(queue.average_wait));
    put(tds[7], duration(queue.average_talk));
    put(tds[8], percent(queue.service_level));
    const id = (item) => item.id;
    people(groups[0], queue.waiting, id, (one) => JSON.stringify([one.peer, one.since]), (one) => [
      ...cells.peer(one.peer),
      ' ',
      cells.timer(one.since),
    ]);
    people(groups[1], queue.talking, id, (one) => JSON.stringify([one.peer, one.agent, one.since]), (one) => [
      ...cells.peer(one.peer),
      ...(one.agent ? [' ↔ ', cells.name(one.agent)] : []),
      ' ',
      cells.timer(one.since),
    ]);
    people(groups[2], queue.agents.map((one) => agentOf(queue, one)), (one) => `${one.name} ${one.interface}`, (one) => JSON.stringify([one.state, one.paused, one.reason, one.since]), (one) => {
      const [className, text] = agentState(one);
      const beside = !one.paused ? text : className === 'paused' ? pause(one) : `${text}, ${pause(one)}`;
      return [cells.state(className, cells.name(one.name)), ' ', element('small', '', beside, ' ', cells.timer(one.since))];
    });
    row.below.hidden = groups.every((box) => box.hidden);
  },
  values: (queue) => ({
    '': queue.description || queue.name,
    name: queue.description || queue.name,
    waiting: queue.waiting.length,
    longest: queue.waiting.length ? -queue.waiting[0].since : -Infinity,
    answered: queue.answered,
    lost: queue.abandoned,
    total: queue.total,
    percent: queue.answered_percent ?? -1,
    wait: queue.average_wait ?? -1,
    talk: queue.average_talk ?? -1,
    within: queue.service_level ?? -1,
  }),
  matches(queue) {
    if (filter.queue && filter.queue !== queue.name) return false;
    if (filter.busy && queue.waiting.length + queue.talking.length === 0) return false;
    return filter.text(() => [
      queue.name,
      queue.description,
      queue.number,
      ...queue.agents.map((agent) => agent.name),
      ...queue.waiting.flatMap((one) => peerText(one.peer)),
      ...queue.talking.flatMap((one) => peerText(one.peer)),
    ]);
  },
});

/** Marks a queue whose first caller waits longer than the service level asks for. */
queues.late = (row, within) => {
  const first = row.item.waiting[0];
  const late = first && clock.now - first.since > within;
  cells.dress(row.tds[0], first ? (late ? 'n some late' : 'n some') : 'n');
  cells.dress(row.tds[1], late ? 'n late' : 'n');
};

/** The row of sums, as far as they follow from what each queue tells. */
export function sums(table, model, filter) {
  const foot = table.foot;
  foot.hidden = model.queues.size < 2 || filter.queue !== '';
  if (foot.hidden) return;
  if (!foot.told) {
    const th = head();
    th.textContent = words.all_queues;
    const labels = [words.waiting, words.longest_wait, words.answered, words.lost, words.total, words.answered_percent];
    const rest = element('td');
    rest.colSpan = 3;
    foot.replaceChildren(element('tr', '', th, ...labels.map((label) => cell(label, 'n')), rest));
  }
  foot.told = true;
  let [waiting, answered, lost, first] = [0, 0, 0, Infinity];
  for (const queue of model.queues.values()) {
    waiting += queue.waiting.length;
    answered += queue.answered;
    lost += queue.abandoned;
    if (queue.waiting.length) first = Math.min(first, queue.waiting[0].since);
  }
  const tds = foot.rows[0].cells;
  const total = answered + lost;
  put(tds[1], String(waiting));
  cells.putTimer(tds[2], first === Infinity ? undefined : first);
  put(tds[3], String(answered));
  put(tds[4], String(lost));
  put(tds[5], String(total));
  put(tds[6], percent(total ? Math.round((100 * answered) / total) : null));
}

// Lines -------------------------------------------------------------------------------------------------------------------------

/** Whether nobody knows what a line is in: who tells of it is gone, and nobody else tells of a call on it. */
const isUnknown = (line) => line.sources.some((source) => gone.has(source)) && !line.calls.some((call) => call.sources.some((source) => !gone.has(source)));

/** What a line is in now. The page as the server writes it reckons alike (states.rs). */
export function lineState(line) {
  if (isUnknown(line)) return line.dnd ? ['dnd', words.do_not_disturb] : PHONES.unknown;
  const call = (state) => line.calls.find((one) => one.state === state);
  if (call('talking')) return PHONES.talking;
  if (call('held')) return PHONES.held;
  const rings = call('ringing');
  if (rings) return ['ringing', rings.direction === 'outgoing' ? words.calling : words.ringing];
  if (line.device === 'ringing') return PHONES.ringing;
  if (line.device === 'busy') return PHONES.talking;
  if (line.device === 'held') return PHONES.held;
  if (line.dnd) return ['dnd', words.do_not_disturb];
  if (line.device === 'unreachable') return PHONES.unreachable;
  if (line.paused) return ['paused', words.paused];
  if (line.off_hook) return ['talking', words.off_the_hook];
  if (line.last_action === 'logout') return ['away', words.logged_out];
  if (!line.last_action && line.device === 'unknown') return PHONES.unknown;
  return PHONES.free;
}

/** What else is so while that is. */
export const beside = (line, shown) =>
  [
    [line.dnd, 'dnd', words.do_not_disturb],
    [line.device === 'unreachable' && !line.sources.some((source) => gone.has(source)), 'away', words.not_registered],
    [line.paused, 'paused', words.paused],
    [line.agent_logged_in, '', words.logged_in_as_agent],
  ]
    .filter(([so, className]) => so && className !== shown)
    .map(([, , text]) => text);

const CALLS = {
  ringing: [words.ringing, words.rings_from],
  calling: [words.calling, words.calls_to],
  talking: [words.talks, words.talks_with],
  held: [words.on_hold, words.on_hold_with],
};

export function callWords(call) {
  const outgoing = call.state === 'ringing' && call.direction === 'outgoing';
  const [alone, withOther] = CALLS[outgoing ? 'calling' : call.state];
  return peerName(call.peer) ? cells.template(withOther, { other: cells.peer(call.peer) }) : [alone];
}

export const lines = (model, filter) => ({
  id: 'lines',
  down: ['calls', 'who', 'registered'],
  items: () => model.lines,
  none: (total) => (total === 0 ? words.no_lines : words.no_match),
  make() {
    const th = head();
    const tds = [cell(words.state), cell(words.calls, 'n'), cell(words.who), cell(words.kind), cell(words.registered)];
    const ul = tds[2].appendChild(element('ul'));
    return { element: element('tr', '', th, ...tds), th, tds, ul };
  },
  update(row, line) {
    const { tds } = row;
    titled(row.th, line.description || line.user, line.user, line.number);
    const [className, text] = lineState(line);
    const besides = beside(line, className);
    cells.fill(tds[0], [className, text, ...besides].join('\n'), () => [
      cells.state(className, text),
      ...besides.flatMap((one) => [' ', element('small', '', one)]),
    ]);
    const [count, most] = [line.calls.length, line.simultaneous];
    put(tds[1], most === undefined ? (count ? String(count) : '–') : say('of', { count, most }));
    cells.list(
      row.ul,
      line.calls,
      (call) => call.id,
      (call) => JSON.stringify([call.state, call.direction, call.peer, call.queue, call.since]),
      (call) => [...callWords(call), ...(call.queue ? [' ', cells.small(model.shown(call.queue))] : []), ' ', cells.timer(call.since)],
    );
    put(tds[3], plain(line.type || ''));
    put(tds[4], line.registered ? moment(line.registered, clock.now) : '');
  },
  values: (line) => ({
    '': line.description || line.user,
    name: line.description || line.user,
    state: lineState(line)[1],
    calls: line.calls.length,
    who: line.calls.length ? -Math.min(...line.calls.map((call) => call.since)) : -Infinity,
    kind: line.type || '',
    registered: line.registered || 0,
  }),
  matches(line) {
    if (filter.busy && line.calls.length === 0 && !['ringing', 'busy', 'held'].includes(line.device)) return false;
    if (filter.queue) {
      const agent = model.agents.get(line.user);
      if (!(agent && agent.has(filter.queue)) && !line.calls.some((call) => call.queue === filter.queue)) return false;
    }
    return filter.text(() => [line.user, line.description, line.number, line.type, ...line.calls.flatMap((call) => peerText(call.peer))]);
  },
});

// Agents ------------------------------------------------------------------------------------------------------------------------

/** All places where an agent sits, as [queue, seat]. */
const seatsOf = (model, agent) => [...agent].flatMap(([queue, seats]) => seats.map((seat) => [queue, agentOf(model.queues.get(queue), seat)]));

/** Somebody who has two phones is in what the busier one is in. */
function busiest(seats) {
  const rank = (seat) => RANKS.indexOf(seat.state);
  return seats.map(([, seat]) => seat).reduce((one, other) => (rank(other) - rank(one) || other.since - one.since) < 0 ? other : one);
}

export function agentNow(model, agent) {
  const seats = seatsOf(model, agent);
  const seat = busiest(seats);
  const paused = seats.filter(([, one]) => one.paused);
  if (paused.length === 0) return [...(PHONES[seat.state] || PHONES.unknown), '', seat.since];
  const reason = paused[0][1].reason;
  if (paused.length < seats.length) {
    const where = say('paused_in', { queues: paused.map(([queue]) => plain(model.shown(queue))).join(', ') });
    return [...(PHONES[seat.state] || PHONES.unknown), reason ? `${where} (${plain(reason)})` : where, seat.since];
  }
  const [className, text] = agentState(seat);
  return className === 'paused' ? [className, pause(paused[0][1]), '', seat.since] : [className, text, pause(paused[0][1]), seat.since];
}

export const agents = (model, filter) => {
  const callsOf = (name, agent) => {
    let calls = 0;
    for (const queue of agent.keys()) {
      calls += model.queues.get(queue)?.tallies.find((tally) => tally.agent === name)?.answered || 0;
    }
    return calls;
  };
  const nameOf = (agent) => agent.values().next().value[0].name;
  return {
    id: 'agents',
    optional: true,
    down: ['calls', 'since'],
    items: () => model.agents,
    none: () => words.no_agents,
    make() {
      const th = head();
      const tds = [cell(words.state), cell(words.since, 'n'), cell(words.who), cell(words.calls_today, 'n'), cell(words.queues)];
      return { element: element('tr', '', th, ...tds), th, tds };
    },
    update(row, agent) {
      const { tds } = row;
      const name = nameOf(agent);
      titled(row.th, name);
      const [className, text, aside, since] = agentNow(model, agent);
      cells.fill(tds[0], [className, text, aside].join('\n'), () => [
        cells.state(className, text),
        ...(aside ? [' ', element('small', '', aside)] : []),
      ]);
      cells.putTimer(tds[1], since);
      const peer = model.talksWith(name);
      cells.fill(tds[2], JSON.stringify(peer || ''), () => (peer ? cells.peer(peer) : []));
      put(tds[3], String(callsOf(name, agent)));
      const names = [...agent.keys()].sort().map((queue) => model.shown(queue));
      cells.fill(tds[4], names.join('\n'), () => names.flatMap((queue, at) => (at ? [', ', cells.name(queue)] : [cells.name(queue)])));
    },
    values(agent) {
      const name = nameOf(agent);
      const [, text, , since] = agentNow(model, agent);
      const peer = model.talksWith(name);
      return { '': name, name, state: text, since: -since, who: peerName(peer), calls: callsOf(name, agent), queues: [...agent.keys()].join() };
    },
    matches(agent) {
      if (filter.queue && !agent.has(filter.queue)) return false;
      const name = nameOf(agent);
      const peer = model.talksWith(name);
      if (filter.busy && !peer && !seatsOf(model, agent).some(([, seat]) => inCall(seat.state))) return false;
      return filter.text(() => [name, ...agent.keys(), ...peerText(peer)]);
    },
  };
};

// Calls that ended --------------------------------------------------------------------------------------------------------------

const ENDINGS = { answered: 'done', abandoned: 'lost', timedout: 'lost', missed: 'lost' };

export const history = (model, filter) => ({
  id: 'history',
  newest: true,
  down: ['time', 'wait', 'talk'],
  items: () => model.calls,
  none: () => words.no_calls,
  make() {
    const th = head();
    const tds = [cell(words.place), cell(words.caller), cell(words.agent), cell(words.wait, 'n'), cell(words.talk, 'n'), cell(words.ending)];
    return { element: element('tr', '', th, ...tds), th, tds };
  },
  update(row, call) {
    const { tds } = row;
    put(row.th, moment(call.began, clock.now));
    const place = call.queue ? model.shown(call.queue) : call.line || '';
    cells.fill(tds[0], place, () => [cells.name(place)]);
    cells.fill(tds[1], JSON.stringify([call.peer, call.direction]), () => {
      const peer = cells.peer(call.peer);
      return call.direction === 'outgoing' ? cells.template(words.to, { other: peer }) : peer;
    });
    cells.fill(tds[2], call.agent || '', () => (call.agent ? [cells.name(call.agent)] : []));
    put(tds[3], duration(call.wait));
    put(tds[4], duration(call.talk));
    const text = words[`ended_${call.ending}`] || words.ended_unknown;
    cells.fill(tds[5], text, () => [cells.state(ENDINGS[call.ending] || 'other', text)]);
  },
  values: (call) => ({
    '': -call.told,
    time: call.began,
    place: call.queue ? model.shown(call.queue) : call.line || '',
    who: peerName(call.peer),
    agent: call.agent || '',
    wait: call.wait,
    talk: call.talk ?? -1,
    ending: words[`ended_${call.ending}`] || '',
  }),
  matches(call) {
    if (filter.queue && call.queue !== filter.queue) return false;
    return filter.text(() => [call.queue, call.line, call.agent, ...peerText(call.peer)]);
  },
});
