import React from 'react';
import ReactDOM from 'react-dom';
import { Simulate, act } from 'react-dom/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, type Api } from '../api';
import { translator } from '../i18n';
import { Check } from './check';
import { FilterChannels, filterOf } from './filter';
import { NumbersUsers } from './numbers';
import type { SaveAction } from '../registry';

const t = translator(() => 'en');
const element = document.body.appendChild(document.createElement('div'));
const changed = vi.fn();
const saves = new Set<SaveAction>();
const saving = { registerSaveAction: (action: SaveAction) => void saves.add(action), unRegisterSaveAction: (action: SaveAction) => void saves.delete(action) };
const props = { id: 'setting', label: '', disabled: false, setByEnv: false, onChange: changed, setSaveNeeded: vi.fn(), ...saving };

const show = (node: React.ReactElement) => act(() => {
  ReactDOM.render(node, element);
});
const settle = () => act(async () => void (await new Promise((resolve) => setTimeout(resolve, 300))));
function find(selector: string): HTMLInputElement {
  const found = element.querySelector<HTMLInputElement>(selector);
  if (!found) throw new Error(`no ${selector} in ${element.innerHTML}`);
  return found;
}
function type(selector: string, value: string): void {
  const input = find(selector);
  act(() => {
    Simulate.change(input, { target: { value } as unknown as EventTarget });
  });
}
const stored = () => changed.mock.lastCall?.[1] as unknown;

const unmount = () => act(() => void ReactDOM.unmountComponentAtNode(element));

afterEach(() => {
  unmount();
  changed.mockReset();
});

test.each([
  [{ enabled: true, allowedChannels: ['a', 'a', 1] }, { enabled: true, allowedChannels: ['a'] }],
  ['{"enabled":true,"allowedChannels":["a"]}', { enabled: true, allowedChannels: ['a'] }],
  ['broken', { enabled: false, allowedChannels: [] }],
  [null, { enabled: false, allowedChannels: [] }],
  [undefined, { enabled: false, allowedChannels: [] }],
])('a filter of %j is read', (value, filter) => {
  expect(filterOf(value)).toEqual(filter);
});

test('channels are found, chosen by keys and taken away, and stored as the original does', async () => {
  const post = vi.fn(() => Promise.resolve([{ id: 'b', display_name: 'Beta', type: 'O', team_display_name: 'Acme' }, { id: 'c', display_name: 'Gamma', type: 'O' }, { id: 'a', display_name: 'Alpha', type: 'O' }]));
  const get = vi.fn(() => Promise.resolve({ id: 'a', display_name: 'Alpha', type: 'O', team_display_name: 'Acme' }));
  const server = { post, get } as unknown as Api;
  const value = { enabled: true, allowedChannels: ['a'] };
  show(<FilterChannels {...props} value={value} server={server} t={t} />);
  await settle();
  expect(find('.switchboard-chips').textContent).toContain('Alpha (Acme)');
  type('[role=combobox]', 'a');
  await settle();
  expect([...element.querySelectorAll('[role=option]')].map((one) => one.textContent)).toEqual(['Beta (Acme)', 'Gamma']);
  act(() => Simulate.keyDown(find('[role=combobox]'), { key: 'ArrowDown' }));
  expect(find('[aria-selected=true]').textContent).toBe('Gamma');
  act(() => Simulate.keyDown(find('[role=combobox]'), { key: 'Enter' }));
  expect(stored()).toEqual({ enabled: true, allowedChannels: ['a', 'c'] });
  act(() => Simulate.click(find('.switchboard-chips button')));
  expect(stored()).toEqual({ enabled: true, allowedChannels: [] });
});

test('the table stores the text, and a text from outside takes its place', async () => {
  const table = (value: string) => show(<NumbersUsers {...props} value={value} t={t} />);
  table('6001:bob\n# remark');
  expect(changed).not.toHaveBeenCalled();
  type('tbody tr td:nth-child(2) input', 'carol');
  expect(stored()).toBe('6001:carol\n# remark');
  table('6001:carol\n# remark');
  act(() => Simulate.click(find('#setting')));
  await settle();
  type('tbody tr:last-child td:first-child input', '6002');
  type('tbody tr:last-child td:nth-child(2) input', 'bob');
  expect(stored()).toBe('6001:carol\n# remark\n6002:bob');
  type('textarea', '6003;dave\nnonsense');
  act(() => Simulate.click(find('details button')));
  expect(stored()).toBe('6001:carol\n# remark\n6002:bob\n6003:dave');
  expect(find('details [role=status]').textContent).toBe('1 added, 0 changed; line 2 was not understood and is left here');
  expect(find('textarea').value).toBe('nonsense');
  table('6009:erin');
  expect(find('tbody input').value).toBe('6009');
});

test.each([
  ['Extension;Password;User name;Mobile\n6001;x1;alice;+49 170 1234567\n6002;x2;bob;', '6001|+49 170 1234567:alice\n6002:bob'],
  ['Extension,Name,User\n6001,Alice Archer,alice', '6001:alice'],
])('an import took passwords and display names for user names, and lost numbers: %j', (text, users) => {
  show(<NumbersUsers {...props} value="" t={t} />);
  type('textarea', text);
  act(() => Simulate.click(find('details button')));
  expect(stored()).toBe(users);
  expect(find('details [role=status]').textContent).toMatch(/^\d added, 0 changed$/);
  expect(find('textarea').value).toBe('');
});

test('an import lost the lines that were not understood, and did not say which', () => {
  show(<NumbersUsers {...props} value="" t={t} />);
  type('textarea', 'Extension;Password;User\n6001;x1;alice\n6002;x2;\n\n;x3;carol');
  act(() => Simulate.click(find('details button')));
  expect(stored()).toBe('6001:alice');
  expect(find('details [role=status]').textContent).toBe('1 added, 0 changed; 2 lines were not understood and are left here: 3, 5');
  // With their heading: without it the password would be a name.
  expect(find('textarea').value).toBe('Extension;Password;User\n6002;x2;\n;x3;carol');
  changed.mockReset();
  act(() => Simulate.click(find('details button')));
  expect(changed).not.toHaveBeenCalled();
  expect(find('textarea').value).toBe('Extension;Password;User\n6002;x2;\n;x3;carol');
});

test('what was checked is told in words, and so is what could not be', async () => {
  const post = vi.fn(() => Promise.resolve({ checks: [{ part: 'asterisk', state: 'bad', what: 'no answer', remedy: 'Start it.' }, { part: 'ovh', state: 'off', what: 'OVH is not set' }] }));
  show(<Check {...saving} api={{ post } as unknown as Api} t={t} />);
  act(() => Simulate.click(find('button')));
  await settle();
  expect(find('[data-part=asterisk]').textContent).toBe('Problem Asterisk: no answer — Start it.');
  expect(post).toHaveBeenCalledWith('/api/v1/admin/check');
  post.mockRejectedValue(new ApiError('Only administrators may.', 403));
  act(() => Simulate.click(find('button')));
  await settle();
  expect(find('[role=status]').textContent).toBe('Only administrators may.');
});

test('backticks were shown where code is meant', async () => {
  const checks = [{ part: 'callbacks', state: 'bad', what: '`crm.example.com` is not reached', remedy: 'See `deny` and `permit`.' }, { part: 'ovh', state: 'bad', what: 'a ` alone' }];
  const post = vi.fn(() => Promise.resolve({ checks }));
  show(<Check {...saving} api={{ post } as unknown as Api} t={t} />);
  act(() => Simulate.click(find('button')));
  await settle();
  expect(find('[data-part=callbacks]').textContent).toBe('Problem Callbacks: crm.example.com is not reached — See deny and permit.');
  expect([...element.querySelectorAll('[data-part=callbacks] code')].map((one) => one.textContent)).toEqual(['crm.example.com', 'deny', 'permit']);
  expect(find('[data-part=ovh]').textContent).toBe('Problem OVH: a ` alone');
});

test('what was found before the settings were saved stayed there as if it were still so', async () => {
  let answer: (found: unknown) => void = () => undefined;
  const post = vi.fn(() => new Promise((resolve) => (answer = resolve)));
  const checks = [{ part: 'ovh', state: 'bad', what: 'wrong token' }];
  show(<Check {...saving} api={{ post } as unknown as Api} t={t} />);
  const save = () => act(async () => void (await Promise.all([...saves].map((action) => action()))));
  const found = () => act(async () => {
    answer({ checks });
    await Promise.resolve();
  });
  await save();
  expect(find('[role=status]').textContent).toBe('');
  act(() => Simulate.click(find('button')));
  await found();
  expect(find('[role=status]').textContent).toContain('wrong token');
  await save();
  expect(find('[role=status]').textContent).toBe('The settings were saved since: check again.');
  // Nor what is found by a check that began before.
  act(() => Simulate.click(find('button')));
  await save();
  await found();
  expect(find('[role=status]').textContent).toBe('The settings were saved since: check again.');
  unmount();
  expect(saves.size).toBe(0);
});
