import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { displayName, Names } from './names';
import type { State } from './state';
import { channel, fakeStore, user } from './testing';

const ann = user('a', { username: 'ann', nickname: 'Annie', first_name: 'Ann', last_name: 'Archer' });

function stateOf(config: Record<string, string>, own?: string): State {
  const { entities } = fakeStore([channel('town')]).getState();
  const myPreferences = own === undefined ? {} : { 'display_settings--name_format': { value: own } };
  return { entities: { ...entities, general: { config }, preferences: { myPreferences } } };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  [{}, undefined, 'ann'],
  [{ TeammateNameDisplay: 'full_name' }, undefined, 'Ann Archer'],
  [{ TeammateNameDisplay: 'nickname_full_name' }, undefined, 'Annie'],
  [{ TeammateNameDisplay: 'full_name' }, 'username', 'ann'],
  [{ TeammateNameDisplay: 'username' }, 'full_name', 'Ann Archer'],
  [{ TeammateNameDisplay: 'full_name', LockTeammateNameDisplay: 'true' }, 'username', 'Ann Archer'],
])('with %j and %j chosen, somebody is called %s', (config, own, name) => {
  expect(displayName(stateOf(config, own), ann)).toBe(name);
});

test.each(['full_name', 'nickname_full_name'])('who has no other name has the user name, by %s', (format) => {
  expect(displayName(stateOf({ TeammateNameDisplay: format }), user('b', { username: 'bob' }))).toBe('bob');
});

test('who is not known is asked for, once and together, and whoever looks is told', async () => {
  const store = fakeStore([channel('town')], user('me', { first_name: 'Me', last_name: 'Self' }));
  const post = vi.fn(() => Promise.resolve([ann]));
  const names = new Names(store, { post } as never);
  const told = vi.fn();
  names.subscribe(told);
  // User names are shown: nobody is asked for.
  expect(names.of('ann')).toBe('ann');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(post).not.toHaveBeenCalled();
  store.change((entities) => ({ ...entities, general: { config: { TeammateNameDisplay: 'full_name' } } }));
  expect(told).toHaveBeenCalledTimes(1);
  expect([names.of('Ann'), names.of('+49 30'), names.of('@gone'), names.of('me')]).toEqual(['Ann', '+49 30', '@gone', 'Me Self']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(post.mock.calls).toEqual([['/users/usernames', ['ann', 'gone'], expect.anything()]]);
  expect(told).toHaveBeenCalledTimes(2);
  expect([names.of('Ann'), names.of('@gone')]).toEqual(['Ann Archer', '@gone']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(post).toHaveBeenCalledTimes(1);
  names.stop();
  expect(store.listeners.size).toBe(0);
});
