// Board, texts, pops and links, none of which needs a page.

import { beforeEach, expect, test } from 'vitest';
import { Board } from './board';
import { mayFrame, Pops } from './pop';
import { numberOf, onTelLinks } from './tel';
import { dialable, duration, lineState, peerName, peerNumber, plain } from './text';
import type { Call, Line, Ring } from './types';

const call = (id: number, more: Partial<Call> = {}): Call => ({ id, direction: 'incoming', state: 'ringing', began: 1000, since: 1000, sources: ['asterisk'], ...more });
const line = (user: string, calls: readonly Call[] = [], more: Partial<Line> = {}): Line => ({ user, dnd: false, off_hook: false, paused: false, sources: ['asterisk'], calls, ...more });
const ring = (id: number, more: Partial<Ring> = {}): Ring => ({ id, line: 'bob', url: 'https://crm.example.com/?n=1', at: 1000, ...more });

const none: ReadonlySet<string> = new Set();

beforeEach(() => {
  window.sessionStorage.clear();
  window.localStorage.clear();
});

test('the board takes over what its stream tells', () => {
  const board = new Board();
  board.apply({ board: { epoch: 'a', now: Date.now() + 60_000, whole: true } });
  board.apply({ n: 3, line: line('bob') });
  board.apply({ n: 7, line: line('bob', [call(1)]) });
  board.apply({ n: 5, queue: { name: 'q', source: 'asterisk', description: 'Support', waiting: [], agents: [] } });
  board.apply({ n: 8, ring: ring(1) });
  board.apply({ n: 8, ring: ring(1) });
  expect([board.after, board.epoch, board.lines.get('bob')?.calls.length]).toEqual([8, 'a', 1]);
  expect([board.title('q'), board.title('r'), board.rings.length]).toEqual(['Support', 'r', 1]);
  expect(Math.round((board.now() - Date.now()) / 1000)).toBe(60);
  board.apply({ n: 9, gone: { line: 'bob' } });
  board.apply({ n: 9, gone: { queue: 'q' } });
  expect([board.lines.size, board.queues.size]).toEqual([0, 0]);
  // What went on is kept; what begins anew is not.
  board.apply({ n: 10, line: line('eve') });
  board.apply({ board: { epoch: 'a', now: 0, whole: false } });
  expect([board.lines.size, board.after]).toEqual([1, 10]);
  board.apply({ board: { epoch: 'b', now: 0, whole: true } });
  expect([board.lines.size, board.after, board.epoch]).toEqual([0, 0, 'b']);
});

test('ended calls are kept up to a limit, the oldest goes', () => {
  const board = new Board();
  for (let id = 1; id <= 250; id += 1) board.apply({ n: id, call: { id, began: id, ended: id, direction: 'incoming', ending: 'missed' } });
  expect([board.ended.size, board.ended.has(50), board.ended.has(51)]).toEqual([200, false, true]);
});

test('texts of others are made plain', () => {
  expect(plain('a\u202eb\u0000c\n')).toBe('abc');
  expect(Array.from(plain('😀'.repeat(100)))).toHaveLength(64);
  expect([0, 7_000, 750_000, 3_723_000, -5].map(duration)).toEqual(['0:00', '0:07', '12:30', '1:02:03', '0:00']);
});

test('who a peer is, and whether they can be called', () => {
  expect(peerName({ number: '1', name: 'bob', label: 'x' })).toBe('bob');
  expect(peerName({ number: '1', label: 'Miller' })).toBe('Miller');
  expect([peerNumber({ number: '1', label: 'Miller' }), peerNumber({ number: '1' })]).toEqual(['1', '']);
  expect([peerName(null), dialable(undefined)]).toEqual(['', '']);
  expect(dialable({ number: '0240', international: '+33240' })).toBe('+33240');
  expect(dialable({ number: '0240••••' })).toBe('');
  expect(dialable({ number: 'anonymous' })).toBe('');
  expect(dialable({ number: '0240••••', name: 'bob' })).toBe('bob');
});

test('a line is in its call before all else', () => {
  expect(lineState(line('a', [call(1, { state: 'held' }), call(2, { state: 'talking' })]), none)).toBe('talking');
  expect(lineState(line('a', [call(1, { direction: 'outgoing' })]), none)).toBe('calling');
  expect(lineState(line('a', [call(1)], { dnd: true }), none)).toBe('ringing');
  expect(lineState(line('a', [], { dnd: true, device: 'free' }), none)).toBe('dnd');
  expect(lineState(line('a', [], { device: 'unreachable' }), none)).toBe('unreachable');
  expect(lineState(line('a', [], { off_hook: true }), none)).toBe('off_hook');
  expect(lineState(line('a'), none)).toBe('free');
});

test('what rings at one’s own lines pops up, and goes by itself', () => {
  const pops = new Pops();
  const lines = [line('bob', [call(1), call(2, { direction: 'outgoing' }), call(3, { state: 'talking' }), call(4)])];
  const shown = (quiet = false) => pops.shown(lines, [ring(9), ring(10, { line: 'eve' })], quiet).map((pop) => [pop.call.id, pop.url]);
  const url = 'https://crm.example.com/?n=1';
  expect(shown()).toEqual([[1, url], [4, url]]);
  expect(shown(true)).toEqual([]);
  pops.close(1);
  expect(shown()).toEqual([[4, url]]);
  expect(pops.shown([line('bob')], [], false)).toEqual([]);
  // Another call that begins later shows, whatever was closed before.
  expect(pops.shown([line('bob', [call(1)])], [], false)).toHaveLength(1);
  const many = Array.from({ length: 9 }, (_, id) => call(id));
  expect(pops.shown([line('bob', many)], [], false)).toHaveLength(5);
});

test('pages that are old, another’s, or no page are not at hand', () => {
  const pops = new Pops();
  const url = (rings: readonly Ring[]) => pops.shown([line('bob', [call(1, { began: 10_000 })])], rings, false)[0]?.url;
  expect(url([ring(1, { at: 7_000 })])).toBeUndefined();
  expect(url([ring(1, { at: 9_500 })])).toBeDefined();
  expect(url([ring(1, { at: 9_500, line: 'eve' })])).toBeUndefined();
  expect(url([ring(1, { at: 9_500, url: 'javascript:alert(1)' })])).toBeUndefined();
});

test('a page opens once, by the way that was chosen, also after the page was loaded again', () => {
  const own = (name: string | null | undefined) => name === 'bob';
  expect(new Pops().opens([ring(1)], own, false, 2000)).toEqual([]);
  const pops = new Pops();
  expect(pops.way).toBe('link');
  pops.way = 'here';
  expect(new Pops().way).toBe('here');
  const rings = [ring(1), ring(2), ring(3, { line: 'eve' }), ring(4, { at: -40_000 }), ring(5, { url: 'data:text/html,x' })];
  expect(pops.opens(rings, own, false, 2000).map(({ id }) => id)).toEqual([2]);
  expect(pops.opens(rings, own, false, 2000)).toEqual([]);
  expect(new Pops().opens(rings, own, false, 2000)).toEqual([]);
  expect(pops.opens([ring(6)], own, true, 2000)).toEqual([]);
  expect(pops.opens([ring(6)], own, false, 2000)).toEqual([]);
  for (let id = 10; id < 20; id += 1) pops.wait(ring(id));
  expect(pops.waiting.map(({ id }) => id)).toEqual([15, 16, 17, 18, 19]);
  pops.next();
  expect(pops.waiting[0]?.id).toBe(16);
});

test('only pages of hosts that the administrator allows are framed', () => {
  const page = 'https://crm.example.com/call?n=1';
  for (const host of ['crm.example.com', '*.example.com', 'https://crm.example.com', 'https://crm.example.com:443', 'CRM.example.com', 'crm.example.com:*']) expect(mayFrame(page, [host]), host).toBe(true);
  for (const host of ['example.com', '*.crm.example.com', 'http://crm.example.com', 'crm.example.com:8443', 'm.example.com', "'none'", '']) expect(mayFrame(page, [host]), host).toBe(false);
  expect(mayFrame('http://10.1.2.3:8080/x', ['10.1.2.3:8080'])).toBe(true);
  expect(mayFrame('http://[::1]:8080/x', ['http://[::1]:8080'])).toBe(true);
  expect(mayFrame('https://evilexample.com/', ['*.example.com'])).toBe(false);
  expect(mayFrame('nonsense', ['*.example.com'])).toBe(false);
});

test('a telephone link’s number is read', () => {
  for (const [href, number] of [
    ['tel:+33-2-40.40(40)40', '+33240404040'],
    ['TEL:6002', '6002'],
    ['tel:+49%2030%20123;ext=5', '+4930123'],
    ['tel:*97', '*97'],
    ['tel:', ''],
    ['tel:bob', ''],
    ['tel:%zz', ''],
    ['tel:+33240404040%0d%0aX', ''],
    [`tel:${'1'.repeat(41)}`, ''],
    ['https://example.com/tel:1', ''],
  ] as const) expect(numberOf(href), href).toBe(number);
});

test('only plain clicks on telephone links are taken', () => {
  document.body.innerHTML = '<p><a href="tel:6002"><b id="in">6002</b></a><a id="out" href="https://example.com">x</a></p>';
  const wanted: string[] = [];
  const end = onTelLinks((number) => wanted.push(number));
  const click = (id: string, more: MouseEventInit = {}) => {
    const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...more });
    // jsdom would follow the link.
    const stay = (last: Event) => last.preventDefault();
    document.body.addEventListener('click', stay, { once: true });
    const taken = wanted.length;
    document.getElementById(id)?.dispatchEvent(event);
    document.body.removeEventListener('click', stay);
    return wanted.length > taken;
  };
  expect(click('in')).toBe(true);
  expect(wanted).toEqual(['6002']);
  expect(click('out')).toBe(false);
  for (const key of ['ctrlKey', 'metaKey', 'shiftKey', 'altKey'] as const) expect(click('in', { [key]: true }), key).toBe(false);
  expect(click('in', { button: 1 })).toBe(false);
  end();
  expect(click('in')).toBe(false);
});

test.each([
  [[], {}, 'gone'],
  [[call(1)], {}, 'gone'],
  // The phone itself tells of this one.
  [[call(1, { sources: ['phone', 'asterisk'] })], { sources: ['phone', 'asterisk'] }, 'ringing'],
  [[call(1), call(2, { state: 'talking', sources: ['phone'] })], {}, 'talking'],
  [[], { dnd: true }, 'dnd'],
  [[], { sources: ['phone'] }, 'free'],
  [[], { sources: ['ovh', 'asterisk'] }, 'gone'],
])('while Asterisk is gone, a line with %j and %j is %s', (calls, more, state) => {
  expect(lineState(line('bob', calls, { device: 'free', ...more }), new Set(['asterisk']))).toBe(state);
});
