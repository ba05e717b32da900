import type React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';
import { beforeEach, expect, test, vi } from 'vitest';
import type { VideoConfig } from '../config';
import type { Context } from '../part';
import type { SocketMessage } from '../registry';
import { channel, fakeContext, fakeRegistry, fakeStore, user } from '../testing';
import { isAllowed } from './allowed';
import { button } from './button';
import type { Room } from './rooms';
import { where } from './where';

const VIDEO: VideoConfig = { embedded: false, node: 'meet', origin: 'https://meet', displayNameType: 'username', kinds: { channels: true, direct: true, group: true }, filter: null };
const TOWN = channel('town');
const ALICE = channel('direct', { type: 'D', name: 'alice__me', team_id: '' });
const BOT = channel('bot', { type: 'D', name: 'bot__me', team_id: '' });
const SELF = channel('self', { type: 'D', name: 'me__me', team_id: '' });
const GROUP = channel('group', { type: 'G', team_id: '' });
const OLD = channel('old', { delete_at: 1 });
const ALL = [TOWN, ALICE, BOT, SELF, GROUP, OLD];

let rooms: Room[] = [];
const told = new Map<string, (message: SocketMessage) => void>();

function begin(video: VideoConfig = VIDEO, more: Partial<Context> = {}) {
  const registry = fakeRegistry();
  const store = fakeStore(ALL, user('me'));
  // As in Mattermost, where registering changes the store.
  const { registerChannelHeaderButtonAction: register, unregisterComponent: unregister } = registry.registry;
  registry.registry.registerChannelHeaderButtonAction = (...values) => {
    store.change(() => ({}));
    return register(...values);
  };
  registry.registry.unregisterComponent = (id) => {
    store.change(() => ({}));
    unregister(id);
  };
  const get = vi.fn(() => Promise.resolve(rooms));
  const context = fakeContext({
    registry: registry.registry,
    store,
    onMessage: (event, handler) => void told.set(event, handler),
    api: { get, post: vi.fn(), postAtUnload: vi.fn() } as unknown as Context['api'],
    ...more,
  });
  const end = button.start(context, video);
  const buttons = () => registry.of('button').map((values) => values.slice(2));
  return { store, context, end, buttons, get, registry };
}

beforeEach(() => {
  rooms = [];
  told.clear();
});
const settle = () => new Promise<void>((resolve) => void setTimeout(resolve));

test('there is one button, in channels that have video, and none in others', () => {
  const { store, buttons, end } = begin({ ...VIDEO, filter: ['town', 'old'], kinds: { channels: true, direct: false, group: true } });
  expect(buttons()).toEqual([['Video conference', 'Video conference']]);
  store.open('direct');
  expect(buttons()).toEqual([]);
  store.open('old');
  expect(buttons()).toEqual([]);
  store.open('town');
  expect(buttons()).toHaveLength(1);
  end();
  expect([buttons(), store.listeners.size]).toEqual([[], 0]);
});

test.each([
  ['town', { channels: true, direct: false, group: false }, ['town']],
  ['direct', { channels: false, direct: true, group: false }, ['direct']],
  ['group', { channels: false, direct: false, group: true }, ['group']],
  ['all', { channels: true, direct: true, group: true }, ['town', 'direct', 'group']],
])('kinds: %s', (_name, kinds, allowed) => {
  const state = fakeStore(ALL).getState();
  const bot = { ...state, entities: { ...state.entities, users: { ...state.entities.users, profiles: { bot: user('bot', { is_bot: true }) } } } };
  expect(ALL.filter((one) => isAllowed(bot, { ...VIDEO, kinds }, one)).map(({ id }) => id)).toEqual(allowed);
});

test('a filter of channels leaves direct and group messages alone', () => {
  const state = fakeStore(ALL).getState();
  const people = { ...state, entities: { ...state.entities, users: { ...state.entities.users, profiles: { bot: user('bot', { is_bot: true }) } } } };
  expect(ALL.filter((one) => isAllowed(people, { ...VIDEO, filter: ['other'] }, one)).map(({ id }) => id)).toEqual(['direct', 'group']);
});

test('a conference that is on is told of, as it comes and goes', async () => {
  const { registry, get } = begin();
  const element = document.createElement('button');
  const before = [...registry.components.keys()];
  ReactDOM.render(registry.of('button')[0]?.[0] as React.ReactElement, element);
  await settle();
  const change = (now: Omit<Room, 'channelId'>) => act(() => told.get('video_changed')?.({ event: '', data: { channelId: 'town', ...now } }));
  change({ since: 1, count: 2, people: ['a', 'b'] });
  expect(element.getAttribute('aria-label')).toBe('Join the video conference (2 in it)');
  change({ since: 1, count: 0, people: [] });
  // Every page asked when somebody came or went.
  expect(get).toHaveBeenCalledOnce();
  expect(element.getAttribute('aria-label')).toBe('Video conference');
  // It is the same button all the time: others stay where they are.
  expect([...registry.components.keys()]).toEqual(before);
  ReactDOM.unmountComponentAtNode(element);
});

test('what changes while the rooms are asked for is asked for again, once', async () => {
  const { get } = begin();
  for (let times = 0; times < 3; times += 1) told.get('video_changed')?.({ event: '', data: {} });
  await settle();
  expect(get).toHaveBeenCalledTimes(2);
});

test('an answer that was under way does not undo what was told meanwhile', async () => {
  rooms = [{ channelId: 'town', since: 1, count: 1, people: ['a'] }, { channelId: 'direct', since: 1, count: 3, people: ['a', 'b', 'me'] }];
  const { registry, store } = begin();
  const element = document.createElement('button');
  act(() => void ReactDOM.render(registry.of('button')[0]?.[0] as React.ReactElement, element));
  told.get('video_changed')?.({ event: '', data: { channelId: 'town', since: 1, count: 0, people: [] } });
  await act(settle);
  expect(element.getAttribute('aria-label')).toBe('Video conference');
  act(() => store.open('direct'));
  expect(element.getAttribute('aria-label')).toBe('Join the video conference (3 in it)');
  ReactDOM.unmountComponentAtNode(element);
});

test('in a conference the button leads back to it, and those of other channels say where one is: it said to join what one was in', async () => {
  rooms = [{ channelId: 'town', since: 1, count: 2, people: ['a', 'me'] }];
  const { registry, store, end } = begin();
  const element = document.createElement('button');
  act(() => void ReactDOM.render(registry.of('button')[0]?.[0] as React.ReactElement, element));
  await act(settle);
  const label = () => element.getAttribute('aria-label');
  expect(label()).toBe('Join the video conference (2 in it)');
  act(() => where.set('town'));
  expect(label()).toBe('Show the video conference that you are in');
  const alice = user('alice', { first_name: 'Alice', last_name: 'Archer' });
  act(() => store.change(({ users, general }) => ({
    users: { ...users, profiles: { ...users.profiles, alice } },
    general: { config: { ...general.config, TeammateNameDisplay: 'full_name' } },
  })));
  act(() => store.open('group'));
  expect(label()).toBe('Video conference (you are in that of town)');
  act(() => where.set('direct'));
  // As Mattermost calls the other one.
  expect(label()).toBe('Video conference (you are in that of Alice Archer)');
  act(() => where.set(undefined));
  expect(label()).toBe('Video conference');
  ReactDOM.unmountComponentAtNode(element);
  end();
});

test('it opens what is offered for video', () => {
  const call = vi.fn(() => true);
  const { registry } = begin(VIDEO, { call });
  const action = registry.of('button')[0]?.[1] as (channel: unknown) => void;
  action(TOWN);
  expect(call).toHaveBeenCalledWith('video.open', TOWN);
});
