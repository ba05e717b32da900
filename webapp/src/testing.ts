// What tests of parts need: a registry that remembers, a store, a context.

import { vi } from 'vitest';
import { translator } from './i18n';
import type { Context } from './part';
import type { Registry, SocketMessage } from './registry';
import type { Channel, State, Store, User } from './state';

export function channel(id: string, more: Partial<Channel> = {}): Channel {
  return { id, team_id: 'team', type: 'O', name: id, display_name: id, delete_at: 0, ...more };
}

export function user(id: string, more: Partial<User> = {}): User {
  return { id, username: id, nickname: '', first_name: '', last_name: '', roles: 'system_user', locale: 'en', ...more };
}

/** A store whose state tests change with `change`. */
export function fakeStore(channels: readonly Channel[], me = user('me')) {
  const table = Object.fromEntries(channels.map((one) => [one.id, one]));
  let state: State = {
    entities: {
      general: { config: {} },
      users: { currentUserId: me.id, profiles: { [me.id]: me } },
      channels: { currentChannelId: channels[0]?.id ?? '', channels: table },
      teams: { currentTeamId: 'team', teams: { team: { id: 'team', name: 'acme', display_name: 'Acme' } } },
    },
  };
  const listeners = new Set<() => void>();
  const store = {
    getState: () => state,
    dispatch: vi.fn((action: unknown) => action),
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change: (changed: (entities: State['entities']) => Partial<State['entities']>) => {
      state = { entities: { ...state.entities, ...changed(state.entities) } };
      listeners.forEach((listener) => listener());
    },
    /** Opens another channel. */
    open: (id: string) => store.change(({ channels: now }) => ({ channels: { ...now, currentChannelId: id } })),
    listeners,
  };
  return store satisfies Store & { open: unknown };
}

/** A registry that keeps what is registered, by the method's name. */
export function fakeRegistry() {
  const components = new Map<string, { method: string; values: readonly unknown[] }>();
  const sockets = new Map<string, (message: SocketMessage) => void>();
  const settings = new Map<string, unknown>();
  let reconnect: (() => void) | undefined;
  let next = 0;
  const keep = (method: string) => (...values: readonly unknown[]) => {
    const id = `${method}-${(next += 1)}`;
    components.set(id, { method, values });
    return id;
  };
  const registry: Registry = {
    registerChannelHeaderButtonAction: keep('button'),
    registerRootComponent: keep('root'),
    registerPopoverUserAttributesComponent: keep('attributes'),
    registerPopoverUserActionsComponent: keep('actions'),
    registerLinkTooltipComponent: keep('tooltip'),
    registerPostDropdownMenuAction: keep('menu'),
    registerAppBarComponent: keep('appbar'),
    registerSlashCommandWillBePostedHook: keep('slash'),
    registerRightHandSidebarComponent: (...values) => {
      const id = keep('panel')(...values);
      return { id, showRHSPlugin: `show ${id}`, hideRHSPlugin: `hide ${id}`, toggleRHSPlugin: `toggle ${id}` };
    },
    registerAdminConsoleCustomSetting: (key, component) => void settings.set(key, component),
    registerWebSocketEventHandler: (event, handler) => void sockets.set(event, handler),
    unregisterWebSocketEventHandler: (event) => void sockets.delete(event),
    registerReconnectHandler: (handler) => {
      reconnect = handler;
    },
    unregisterReconnectHandler: () => {
      reconnect = undefined;
    },
    registerReducer: () => undefined,
    registerTranslations: () => undefined,
    unregisterComponent: (id) => void components.delete(id),
  };
  const of = (method: string) => [...components.values()].filter((one) => one.method === method).map((one) => one.values);
  return { registry, components, sockets, settings, of, reconnect: () => reconnect?.() };
}

/** A context with a fake for everything; `more` takes the place of parts of it. */
export function fakeContext(more: Partial<Context> = {}): Context {
  return {
    pluginId: 'switchboard',
    base: '',
    registry: fakeRegistry().registry,
    store: fakeStore([channel('town')]),
    t: translator(() => 'en'),
    api: { get: vi.fn(() => Promise.reject(new Error('unanswered'))), post: vi.fn(() => Promise.reject(new Error('unanswered'))), postAtUnload: vi.fn() },
    server: { get: vi.fn(() => Promise.reject(new Error('unanswered'))), post: vi.fn(() => Promise.reject(new Error('unanswered'))), postAtUnload: vi.fn() },
    config: { id: 'switchboard', version: '0.1.0', video: null, phone: null },
    load: () => Promise.reject(new Error('nothing to load')),
    file: (name) => `/plugins/switchboard/public/${name}`,
    call: () => false,
    offer: () => undefined,
    onMessage: () => undefined,
    onReconnect: () => undefined,
    ...more,
  };
}
