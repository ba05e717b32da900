// The store and what is drawn of it, with React 17 as Mattermost 9.11 has it.

import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api';
import { translator } from '../i18n';
import { Names } from '../names';
import { channel, fakeContext, fakeRegistry, fakeStore, user } from '../testing';
import { phone as part } from '.';
import { Confirm, DeskContext, type Desk } from './hooks';
import { suggestions } from './number';
import { Panel } from './panel';
import { Pops } from './pop';
import { Root } from './root';
import { PhoneStore } from './store';
import type { Call, Line, Message, Phone } from './types';
import { Notices } from '../video/notice';
import { CSS as VIDEO_CSS } from '../video/panel/css';

const t = translator(() => 'en');
const PHONE: Phone = { lines: ['me'], own: [], recent: [], extensions: ['6001'], queues: [], mayCall: true, mayControl: true, controls: ['hangup', 'refuse', 'transfer', 'park', 'join', 'pickup'], whyNot: null, board: true, sources: [], dnd: false, frameHosts: [] };
const CONTROLS = PHONE.controls;
const call = (id: number, more: Partial<Call> = {}): Call => ({ id, direction: 'incoming', state: 'talking', began: 1000, since: 1000, peer: { number: '024040', label: 'Miller' }, sources: ['asterisk'], ...more });
const line = (name: string, calls: readonly Call[] = [], more: Partial<Line> = {}): Line => ({ user: name, dnd: false, off_hook: false, paused: false, sources: ['asterisk'], calls, ...more });

class FakeSocket {
  static last: FakeSocket;
  onmessage: ((event: { data: string }) => void) | undefined;
  onclose: ((event: { code: number }) => void) | undefined;
  close = vi.fn();
  constructor(readonly url: string) {
    FakeSocket.last = this;
  }
}

let place: HTMLElement;
let get: ReturnType<typeof vi.fn>;
let post: ReturnType<typeof vi.fn>;
let store: PhoneStore;
let desk: Desk;

function say(...messages: Message[]): void {
  act(() => {
    for (const message of messages) FakeSocket.last.onmessage?.({ data: JSON.stringify(message) });
  });
}

function begin(more: Partial<Desk['config']> = {}, board = true): void {
  store = new PhoneStore({ api: { get, post, postAtUnload: vi.fn() } as never, t, board, controls: CONTROLS, address: 'ws://x', username: () => 'me' });
  const mattermost = fakeStore([channel('town')]);
  desk = {
    store,
    pluginId: 'switchboard',
    pops: new Pops(),
    config: { board, calls: true, controls: CONTROLS, callbackPages: true, ...more },
    mattermost,
    names: new Names(mattermost, { post } as never),
    t,
    locale: () => 'en',
    confirm: new Confirm(),
  };
  store.start();
}

async function draw(what: React.ReactElement): Promise<void> {
  await act(async () => {
    ReactDOM.render(<DeskContext.Provider value={desk}>{what}</DeskContext.Provider>, place);
    await Promise.resolve();
  });
}

const button = (name: string) => [...place.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent) === name);
const click = (name: string) =>
  act(async () => {
    expect(button(name), name).toBeDefined();
    button(name)?.click();
    await Promise.resolve();
  });
const WHOLE: Message = { board: { epoch: 'e', now: Date.now(), whole: true } };

beforeEach(() => {
  vi.stubGlobal('WebSocket', FakeSocket);
  place = document.createElement('div');
  document.body.append(place);
  get = vi.fn(() => Promise.resolve(PHONE));
  post = vi.fn(() => Promise.resolve({ detail: 'Done so.' }));
});

afterEach(() => {
  act(() => void ReactDOM.unmountComponentAtNode(place));
  store.stop();
  place.remove();
});

test('one’s own call is shown and ended', async () => {
  begin();
  await draw(<Panel />);
  expect(place.textContent).toContain('No call at this moment.');
  say(WHOLE, { n: 1, line: line('Me', [call(7)]) }, { n: 2, line: line('eve', [call(8)]) });
  expect(place.textContent).toContain('Miller');
  await click('Hang up: Miller');
  expect(post).toHaveBeenCalledWith('/api/v1/calls/control', { line: 'Me', call: 7, action: 'hangup' }, expect.anything());
  say({ n: 3, line: line('Me') });
  expect(place.textContent).toContain('No call at this moment.');
});

test('an order is given once, and what went wrong is told', async () => {
  begin();
  await draw(<><Panel /><Root /></>);
  say(WHOLE, { n: 1, line: line('me', [call(7)]) });
  let fail: (error: Error) => void = () => undefined;
  post.mockImplementation(() => new Promise((_, reject) => (fail = reject)));
  await click('Park: Miller');
  expect(button('Park: Miller')?.disabled).toBe(true);
  await click('Park: Miller');
  expect(post).toHaveBeenCalledTimes(1);
  await act(async () => {
    fail(new ApiError('This call is over.', 404));
    await Promise.resolve();
  });
  expect(place.querySelector('[role=alert]')?.textContent).toContain('This call is over.');
  expect(button('Park: Miller')?.disabled).toBe(false);
  await click('Close');
  expect(place.querySelector('[role=alert]')?.textContent).toBe('');
});

test('only what can be done is offered', async () => {
  get.mockResolvedValue({ ...PHONE, controls: [] });
  begin();
  await draw(<Panel />);
  say(WHOLE, { n: 1, line: line('me', [call(7)]) }, { n: 2, line: line('eve', [call(8, { state: 'ringing' })]) });
  for (const name of ['Hang up: Miller', 'Transfer: Miller', 'Park: Miller', 'Pick up: eve']) expect(button(name), name).toBeUndefined();
  get.mockResolvedValue(PHONE);
  begin();
  await draw(<Panel />);
  say(WHOLE, { n: 1, line: line('me', [call(7, { state: 'ringing' })]) });
  expect([button('Refuse: Miller'), button('Hang up: Miller'), button('Transfer: Miller')].map(Boolean)).toEqual([true, false, false]);
});

test('orders were offered for calls of which a phone’s URL alone tells', async () => {
  begin();
  await draw(<><Panel /><Root /></>);
  const urls = { sources: ['phone'] };
  say(WHOLE, { n: 1, line: line('me', [call(7, urls), call(8, { ...urls, state: 'ringing' })]) }, { n: 2, line: line('eve', [call(9, { ...urls, state: 'ringing' })]) });
  expect(place.querySelectorAll('.switchboard-phone-pops li')).toHaveLength(1);
  const named = () => [...place.querySelectorAll('[aria-label$=": Miller"], [aria-label="Pick up: eve"]')].map((one) => one.getAttribute('aria-label'));
  expect(named()).toEqual(['Close: Miller']);
  // Asterisk tells of one of them as well.
  say({ n: 3, line: line('me', [call(7, { sources: ['phone', 'asterisk'] }), call(8, { ...urls, state: 'held' })]) });
  expect(named()).toEqual(['Hang up: Miller', 'Transfer: Miller', 'Park: Miller']);
  expect(place.textContent).not.toContain('Connect with');
});

test('phones were shown as free, and their calls as going on, while Asterisk was gone', async () => {
  begin();
  await draw(<><Panel /><Root /></>);
  const since = Date.now() - 60_000;
  const asterisk = (up: boolean): Message => ({ board: { epoch: 'e', now: Date.now(), whole: false, sources: [{ name: 'Asterisk', up, since }] } });
  const queue = { name: 'q', source: 'asterisk', waiting: [1, 2], agents: [{ name: 'me', paused: false }] };
  say(WHOLE, asterisk(true), { n: 1, line: line('me', [call(7), call(8, { state: 'ringing' })]) }, { n: 2, line: line('eve', [], { device: 'free' }) }, { n: 3, line: line('url', [], { sources: ['phone'] }) }, { n: 4, queue });
  const lost = () => [...place.querySelectorAll('[data-gone]')].map((one) => one.textContent);
  const dots = () => [...place.querySelectorAll('.switchboard-phone-dot')].map((one) => one.className.replace(/.*is-/, ''));
  const offered = () => [...place.querySelectorAll('button')].filter((one) => !one.disabled).map((one) => one.getAttribute('aria-label') ?? one.textContent);
  expect([lost(), dots()]).toEqual([[], ['talking', 'free', 'free']]);
  expect(place.querySelectorAll('.switchboard-phone-pops li')).toHaveLength(1);
  const asked = get.mock.calls.length;
  say(asterisk(false));
  expect(lost()).toHaveLength(1);
  expect(lost()[0]).toMatch(/^Asterisk is not connected since .*\d+:\d\d/);
  expect(dots()).toEqual(['gone', 'gone', 'free']);
  expect(place.querySelector('section:nth-of-type(2)')?.textContent).toMatch(/^My callsMiller.*unknown since .*\d+:\d\d/);
  expect(place.querySelector('section:nth-of-type(3)')?.textContent).toMatch(/unknown since/);
  expect(place.querySelectorAll('.switchboard-phone-pops li')).toHaveLength(0);
  expect(offered()).toEqual(['Do not disturb']);
  // What can be done is asked for anew, then and when it is back.
  expect(get.mock.calls).toHaveLength(asked + 1);
  say(asterisk(false));
  expect(get.mock.calls).toHaveLength(asked + 1);
  say(asterisk(true));
  expect(get.mock.calls).toHaveLength(asked + 2);
  expect([lost(), dots()]).toEqual([[], ['talking', 'free', 'free']]);
});

test('one’s own extension was shown as free while Asterisk was gone, where only its phone had told of it', async () => {
  begin();
  await draw(<Panel />);
  const sources = [{ name: 'Asterisk', up: false, since: Date.now() }];
  const url = { sources: ['phone'] };
  say(WHOLE, { board: { epoch: 'e', now: Date.now(), whole: false, sources } }, { n: 1, line: line('me', [], url) });
  const dot = () => place.querySelector('.switchboard-phone-dot')?.className;
  expect(dot()).toContain('is-gone');
  say({ n: 2, line: line('me', [call(7, url)], url) });
  expect(dot()).toContain('is-talking');
});

test('who may not see the board was not told that Asterisk is gone', async () => {
  const sources = [{ name: 'Asterisk', up: false, since: Date.now() }];
  get.mockResolvedValue({ ...PHONE, board: false, sources, own: [line('me', [], { device: 'free' })] });
  begin({ board: false }, false);
  await draw(<Panel />);
  expect(place.querySelector('[data-gone]')?.textContent).toMatch(/^Asterisk is not connected/);
  expect(place.querySelector('.switchboard-phone-dot')?.className).toContain('is-gone');
});

test('two calls can be connected, by one button', async () => {
  begin();
  await draw(<Panel />);
  say(WHOLE, { n: 1, line: line('me', [call(7, { state: 'held' }), call(8, { peer: { number: '1', name: 'eve' } })]) });
  await click('Connect with eve');
  expect(post).toHaveBeenCalledWith('/api/v1/calls/control', { line: 'me', call: 7, action: 'join', with: 8 }, expect.anything());
  expect(button('Connect with Miller')).toBeUndefined();
});

test('a call is sent on to a colleague who is found', async () => {
  begin();
  await draw(<Panel />);
  say(WHOLE, { n: 1, line: line('me', [call(7)]) }, { n: 2, line: line('Eve') }, { n: 3, line: line('steve') });
  await click('Transfer: Miller');
  const field = place.querySelector<HTMLInputElement>('.switchboard-phone-call input');
  if (!field) throw new Error('There is no field.');
  expect(document.activeElement).toBe(field);
  const type = (text: string) =>
    act(() => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  const key = (name: string) => act(() => void field.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true })));
  type('ev');
  expect([...place.querySelectorAll('.switchboard-phone-call [role=option]')].map((one) => one.textContent)).toEqual(['Eve', 'steve']);
  key('ArrowDown');
  key('ArrowDown');
  key('ArrowUp');
  expect(place.querySelector('[aria-selected=true]')?.textContent).toBe('Eve');
  expect(field.getAttribute('aria-activedescendant')).toBe(place.querySelector('[aria-selected=true]')?.id);
  await act(async () => {
    field.form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    await Promise.resolve();
  });
  expect(post).toHaveBeenCalledWith('/api/v1/calls/control', { line: 'me', call: 7, action: 'transfer', to: 'Eve' }, expect.anything());
});

test('colleagues are searched, and those who ring come first', async () => {
  begin();
  await draw(<Panel />);
  const many = Array.from({ length: 40 }, (_, at) => ({ n: at + 1, line: line(`user${at}`) }));
  say(WHOLE, ...many, { n: 99, line: line('zoe', [call(9, { state: 'ringing' })]) });
  const items = () => [...place.querySelectorAll('section:nth-of-type(5) li bdi:first-of-type')].map((one) => one.textContent);
  expect(items()[0]).toBe('zoe');
  expect(place.textContent).toContain('11 more');
  await click('Pick up: zoe');
  expect(post).toHaveBeenCalledWith('/api/v1/calls/control', { line: 'zoe', call: 9, action: 'pickup' }, expect.anything());
  expect(suggestions([line('bob'), line('alibob'), line('eve', [], { description: 'Bob’s' })], 'bob').map(({ user: name }) => name)).toEqual(['bob', 'alibob', 'eve']);
});

test('where no colleague has a phone nobody is said to be not found', async () => {
  begin();
  await draw(<Panel />);
  const said = () => place.querySelector('section:nth-of-type(5) [role=status]')?.textContent;
  // Nothing was told yet.
  expect(said()).toBe('');
  say(WHOLE, { n: 1, line: line('me') });
  expect(said()).toBe('No phone of a colleague is known.');
  say({ n: 2, line: line('eve') });
  expect(said()).toBe('');
});

test('people were called by their user names, whatever Mattermost calls them', async () => {
  begin();
  const eve = user('e', { username: 'eve', first_name: 'Eve', last_name: 'Baker' });
  (desk.mattermost as ReturnType<typeof fakeStore>).change(({ users }) => ({ general: { config: { TeammateNameDisplay: 'full_name' } }, users: { ...users, profiles: { ...users.profiles, e: eve } } }));
  await draw(<><Panel /><Root /></>);
  const peer = { number: '6002', name: 'eve' };
  say(WHOLE, { n: 1, line: line('me', [call(7, { peer }), call(8, { peer, state: 'ringing' })]) }, { n: 2, line: line('eve') }, { n: 3, call: { id: 1, line: 'me', peer, began: 1, ended: 2, direction: 'incoming', ending: 'missed' } });
  for (const name of ['Hang up', 'Refuse', 'Close', 'Call', 'Call back']) expect(button(`${name}: Eve Baker`), name).toBeDefined();
  expect([...place.querySelectorAll('bdi')].map((one) => one.textContent)).not.toContain('eve');
  // What is ordered is for the user name.
  await click('Call back: Eve Baker');
  expect(post).toHaveBeenLastCalledWith('/api/v1/calls', { to: 'eve' }, expect.anything());
  expect(suggestions([line('eve'), line('ann')], 'bak', (one) => desk.names.of(one.user)).map(({ user: name }) => name)).toEqual(['eve']);
});

test('recent calls are one’s own, each once, and called back', async () => {
  const ended = { began: 1000, ended: 2000, direction: 'incoming' as const, ending: 'missed', peer: { number: '0701', international: '+49701' } };
  get.mockResolvedValue({ ...PHONE, recent: [{ ...ended, id: 1, line: 'me' }] });
  begin();
  await draw(<Panel />);
  say(WHOLE, { n: 1, call: { ...ended, id: 1, line: 'me' } }, { n: 2, call: { ...ended, id: 2, line: 'eve' } }, { n: 3, call: { ...ended, id: 3, queue: 'q', agent: '@Me', ended: 3000, ending: 'answered', peer: { number: '07••' } } });
  expect(store.recent().map(({ id }) => id)).toEqual([3, 1]);
  await click('Call back: 0701');
  expect(post).toHaveBeenCalledWith('/api/v1/calls', { to: '+49701' }, expect.anything());
  expect(button('Call back: 07••')).toBeUndefined();
});

test('queues are paused with a reason', async () => {
  begin();
  await draw(<Panel />);
  const queue = (paused: boolean) => ({ name: 'q', source: 'asterisk', description: 'Support', waiting: [1, 2], agents: [{ name: 'me', paused, reason: paused ? 'lunch' : null }] });
  say(WHOLE, { n: 1, queue: queue(false) }, { n: 2, queue: { name: 'r', source: 'asterisk', waiting: [], agents: [] } });
  expect(place.textContent).toContain('waiting: 2');
  await click('Pause: Support');
  expect(post).toHaveBeenLastCalledWith('/api/v1/queues', { queue: 'q', action: 'pause' }, expect.anything());
  say({ n: 3, queue: queue(true) });
  expect(place.textContent).toContain('you pause: lunch');
  await click('End the pause: Support');
  expect(post).toHaveBeenLastCalledWith('/api/v1/queues', { queue: 'q', action: 'resume' }, expect.anything());
  await click('Log in: r');
  expect(post).toHaveBeenLastCalledWith('/api/v1/queues', { queue: 'r', action: 'join' }, expect.anything());
});

test('whoever may not see the board has their own line, and is told why not more', async () => {
  get.mockResolvedValue({ ...PHONE, board: false, own: [line('me', [call(7)])] });
  begin({ board: false }, false);
  await draw(<Panel />);
  expect(place.textContent).toContain('Miller');
  expect(place.textContent).toContain('Only members of the phones');
  get.mockRejectedValue(new ApiError('The plugin is stopping.', 503));
  await act(() => store.refresh());
  expect(place.querySelector('[role=alert]')?.textContent).toBe('The plugin is stopping.');
});

test('an old board never looks like a new one', async () => {
  begin();
  await draw(<Panel />);
  say(WHOLE, { n: 1, line: line('me', [call(7)]) });
  act(() => FakeSocket.last.onclose?.({ code: 1006 }));
  expect(place.querySelector('[data-live]')?.textContent).toMatch(/^Not live since .+ It is tried again\.$/);
  expect(place.textContent).toContain('Miller');
  // Nor is what it is asked for meanwhile told besides.
  get.mockRejectedValue(new ApiError('The server answered with an error (404).', 404));
  await act(() => store.refresh());
  expect([...place.querySelectorAll('.switchboard-phone-lost')].map((one) => one.textContent)).toEqual([place.querySelector('[data-live]')?.textContent]);
  act(() => FakeSocket.last.onclose?.({ code: 1008 }));
});

test('a call that rings pops up, and is refused, closed or gone', async () => {
  begin();
  await draw(<Root />);
  const ringing = call(7, { state: 'ringing', queue: 'q' });
  say(WHOLE, { n: 1, queue: { name: 'q', source: 'asterisk', description: 'Support', waiting: [], agents: [] } }, { n: 2, line: line('me', [ringing]) });
  const pops = () => [...place.querySelectorAll('.switchboard-phone-pops li')].map((one) => one.textContent);
  expect(pops()).toHaveLength(1);
  expect(pops()[0]).toMatch(/^Miller024040by Support/);
  await click('Refuse: Miller');
  expect(post).toHaveBeenCalledWith('/api/v1/calls/control', { line: 'me', call: 7, action: 'refuse' }, expect.anything());
  await click('Close: Miller');
  expect(pops()).toHaveLength(0);
  say({ n: 3, line: line('me', [ringing, call(8, { state: 'ringing' })]) });
  expect(pops()).toHaveLength(1);
  say({ n: 4, line: line('me', [call(8)]) });
  expect(pops()).toHaveLength(0);
  // Not to be disturbed.
  say({ n: 5, line: line('me', [call(9, { state: 'ringing' })], { dnd: true }) });
  expect(pops()).toHaveLength(0);
});

test('what video says in the same corner stands above a call that rings', async () => {
  const height = vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(0);
  const told = () => document.documentElement.style.getPropertyValue('--switchboard-phone-height');
  begin();
  await draw(<Root />);
  expect(told()).toBe('0px');
  height.mockReturnValue(180);
  say(WHOLE, { n: 1, line: line('me', [call(7, { state: 'ringing' })]) });
  expect(told()).toBe('180px');
  height.mockRestore();
  act(() => void ReactDOM.unmountComponentAtNode(place));
  expect(told()).toBe('');
  const notices = new Notices('switchboard');
  for (const css of [VIDEO_CSS, [...document.querySelectorAll('style')].map((one) => one.textContent).join('')]) {
    expect(css).toMatch(/bottom: [^;]*var\(--switchboard-phone-height, 0px\)/);
  }
  notices.end();
});

test('the page of a caller opens in one of two windows that are both seen', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const opened = { opener: 'us', location: { replace: vi.fn() } };
  const opening = vi.fn(() => opened);
  vi.stubGlobal('open', opening);
  localStorage.setItem('switchboard-phone-pages', 'window');
  const at = Date.now();
  const windows = [document.createElement('div'), document.createElement('div')];
  for (const window of windows) {
    sessionStorage.clear();
    begin();
    await act(async () => {
      ReactDOM.render(<DeskContext.Provider value={desk}><Root /></DeskContext.Provider>, window);
      await Promise.resolve();
    });
    say(WHOLE, { n: 1, line: line('me', [call(7, { state: 'ringing' })]) }, { n: 2, ring: { id: 70, line: 'me', url: 'https://crm.example.com/1', at } });
  }
  await act(async () => void (await vi.advanceTimersByTimeAsync(1_000)));
  expect(opened.location.replace.mock.calls).toEqual([['https://crm.example.com/1']]);
  expect(opened.opener).toBeNull();
  act(() => windows.forEach((window) => void ReactDOM.unmountComponentAtNode(window)));
  localStorage.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the page of a caller takes the focus from nobody who writes, blocks nothing, and is closed by Esc', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  localStorage.setItem('switchboard-phone-pages', 'here');
  sessionStorage.clear();
  get.mockResolvedValue({ ...PHONE, frameHosts: ['crm.example.com'] });
  begin();
  await draw(<><textarea /><button type="button">Elsewhere</button><Root /></>);
  const field = place.querySelector('textarea');
  const ring = async (id: number) => {
    say({ n: id, ring: { id, line: 'me', url: `https://crm.example.com/${id}`, at: Date.now() } });
    await act(async () => void (await vi.advanceTimersByTimeAsync(1_000)));
  };
  field?.focus();
  say(WHOLE, { n: 1, line: line('me', [call(7, { state: 'ringing' })]) });
  await ring(70);
  const dialog = () => place.querySelector('dialog');
  expect([dialog()?.querySelector('iframe')?.src, document.activeElement]).toEqual(['https://crm.example.com/70', field]);
  // A page that gives itself the focus, and somebody who goes there by the keyboard.
  const frame = dialog()?.querySelector('iframe');
  const goes = async () => {
    frame?.focus();
    window.dispatchEvent(new Event('blur'));
    await act(async () => void (await vi.advanceTimersByTimeAsync(1)));
    return document.activeElement;
  };
  expect(await goes()).toBe(field);
  field?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true }));
  expect(await goes()).toBe(frame);
  field?.focus();
  // Not modal: what is behind it, and the call that rings, can be used.
  expect(dialog()?.open).toBe(true);
  await click('Refuse: Miller');
  expect(post).toHaveBeenCalledWith('/api/v1/calls/control', { line: 'me', call: 7, action: 'refuse' }, expect.anything());
  const escape = () => act(() => void document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true })));
  escape();
  expect([dialog(), document.activeElement]).toEqual([null, field]);
  // Who does not write has the keyboard on it, and gets it back.
  button('Elsewhere')?.focus();
  await ring(71);
  expect(document.activeElement).toBe(dialog()?.querySelector('button'));
  await click('Close');
  expect([dialog(), document.activeElement?.textContent]).toEqual([null, 'Elsewhere']);
  localStorage.clear();
  vi.useRealTimers();
});

test('the colleague below the pointer, or the keyboard, does not move away while another one’s phone rings', async () => {
  begin();
  await draw(<Panel />);
  say(WHOLE, { n: 1, line: line('ann') }, { n: 2, line: line('bob') }, { n: 3, line: line('zoe') });
  const list = place.querySelector('section:nth-of-type(5) ul');
  const names = () => [...(list?.querySelectorAll('.switchboard-phone-dot + bdi') ?? [])].map((one) => one.textContent);
  const rings = (n: number, name: string, state: 'ringing' | 'talking') => say({ n, line: line(name, [call(n, { state, peer: null })]) });
  const mouse = (type: string, related: Element | null) => act(() => void list?.dispatchEvent(new MouseEvent(type, { bubbles: true, relatedTarget: related })));
  mouse('mouseover', document.body);
  rings(4, 'zoe', 'ringing');
  say({ n: 5, line: line('abe') });
  expect(names()).toEqual(['ann', 'bob', 'zoe', 'abe']);
  mouse('mouseout', document.body);
  expect(names()).toEqual(['zoe', 'abe', 'ann', 'bob']);
  const of = (name: string) => button(`Call: ${name}`);
  act(() => of('ann')?.focus());
  rings(6, 'bob', 'ringing');
  expect(names()).toEqual(['zoe', 'abe', 'ann', 'bob']);
  act(() => of('ann')?.blur());
  expect(names()).toEqual(['bob', 'zoe', 'abe', 'ann']);
});

test('do not disturb is shown as pressed where it is the chat’s alone, and ends by another click', async () => {
  begin();
  const mattermost = fakeStore([channel('town')]);
  const becomes = (status: string) => act(() => mattermost.change(({ users }) => ({ users: { ...users, statuses: { me: status } } })));
  desk.mattermost = mattermost;
  await draw(<Panel />);
  say(WHOLE, { n: 1, line: line('me') });
  const pressed = () => button('Do not disturb')?.getAttribute('aria-pressed');
  expect(pressed()).toBe('false');
  await click('Do not disturb');
  expect(post).toHaveBeenLastCalledWith('/api/v1/phone/dnd', { on: true }, expect.anything());
  becomes('dnd');
  expect(pressed()).toBe('true');
  await click('Do not disturb');
  expect(post).toHaveBeenLastCalledWith('/api/v1/phone/dnd', { on: false }, expect.anything());
  becomes('online');
  expect(pressed()).toBe('false');
});

test('the part registers what is allowed, and takes all of it back', () => {
  begin();
  const other = user('bob', { username: 'bobby' });
  const direct = channel('dm', { type: 'D', name: 'bob__me' });
  const mattermost = fakeStore([channel('town'), direct, channel('self', { type: 'D', name: 'me__me' })]);
  mattermost.change(({ users }) => ({ users: { ...users, profiles: { ...users.profiles, bob: other } } }));
  const { registry, of, components } = fakeRegistry();
  const started = (calls: boolean) => {
    const config = { id: 'switchboard', version: '1', video: null, phone: { board: true, calls, controls: [], callbackPages: false } };
    part.start(fakeContext({ registry, store: mattermost, config, api: { get, post, postAtUnload: vi.fn() } as never }));
  };
  const labels = () => of('button').map((values) => values[3]);
  started(true);
  expect([of('panel').length, of('root').length, of('actions').length]).toEqual([1, 1, 1]);
  expect(labels()).toEqual(['Phone']);
  mattermost.open('dm');
  expect(labels()).toEqual(['Phone', 'Call @bobby by phone']);
  (of('button')[1]?.[1] as () => void)();
  expect(post).toHaveBeenCalledWith('/api/v1/calls', { to: '@bobby' }, expect.anything());
  mattermost.open('self');
  expect(labels()).toEqual(['Phone']);
  // Mattermost keeps a sidebar open, empty, whose panel is gone.
  const hidden = vi.fn((action: unknown) => [action, of('panel').length]);
  mattermost.dispatch.mockImplementation(hidden);
  part.stop();
  expect(hidden.mock.results.map(({ value }) => value as unknown)).toEqual([[expect.stringContaining('hide panel-'), 1]]);
  expect([components.size, mattermost.listeners.size]).toEqual([0, 0]);
  started(false);
  mattermost.open('dm');
  expect([of('actions').length, labels()]).toEqual([0, ['Phone']]);
  part.stop();
  expect(components.size).toBe(0);
  part.start(fakeContext({ registry }));
  expect(components.size).toBe(0);
  part.stop();
});
