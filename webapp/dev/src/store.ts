// The Redux store that plugins read and dispatch to, in Mattermost's shape.

import { legacy_createStore as createStore } from 'redux';
import type { Channel, State as Entities, Team, User } from '../../src/state';

/** What a plugin registered for a place of the page, such as `ChannelHeaderButton`. */
export interface Registered {
  id: string;
  pluginId: string;
  component?: React.ComponentType<Record<string, unknown>>;
  icon?: React.ReactNode;
  iconUrl?: string;
  title?: React.ReactNode;
  action?: (...values: unknown[]) => unknown;
  dropdownText?: React.ReactNode;
  tooltipText?: React.ReactNode;
}

export interface State extends Entities {
  plugins: { components: Readonly<Record<string, readonly Registered[]>>; settings: Readonly<Record<string, { component: React.ComponentType<Record<string, unknown>>; showTitle: boolean }>> };
  views: { rhs: string };
}

export type Thunk = (dispatch: (action: unknown) => unknown, getState: () => State) => unknown;
export type Action =
  | { type: 'START'; state: Entities }
  | { type: 'CHANNEL'; id: string }
  | { type: 'REGISTERED'; place: string; data: Registered }
  | { type: 'SETTING'; key: string; component: React.ComponentType<Record<string, unknown>>; showTitle: boolean }
  | { type: 'UNREGISTERED'; id: string }
  | { type: 'RHS'; id: string };

export interface Store {
  getState(): State;
  dispatch(action: Action | Thunk): unknown;
  subscribe(listener: () => void): () => void;
}

const NOBODY: Entities['entities'] = {
  general: { config: {} },
  users: { currentUserId: '', profiles: {}, statuses: {} },
  channels: { currentChannelId: '', channels: {} },
  teams: { currentTeamId: '', teams: {} },
};

function reduce(state: State = { entities: NOBODY, plugins: { components: {}, settings: {} }, views: { rhs: '' } }, action: Action): State {
  const { components, settings } = state.plugins;
  switch (action.type) {
    case 'START':
      return { ...state, ...action.state };
    case 'CHANNEL':
      return { ...state, entities: { ...state.entities, channels: { ...state.entities.channels, currentChannelId: action.id } } };
    case 'REGISTERED': {
      const there = [...(components[action.place] ?? []), action.data];
      return { ...state, plugins: { settings, components: { ...components, [action.place]: there } } };
    }
    case 'SETTING': {
      const { key, component, showTitle } = action;
      return { ...state, plugins: { components, settings: { ...settings, [key.toLowerCase()]: { component, showTitle } } } };
    }
    case 'UNREGISTERED': {
      const left = Object.entries(components).map(([place, those]) => [place, those.filter((one) => one.id !== action.id)]);
      return { ...state, plugins: { settings, components: Object.fromEntries(left) as State['plugins']['components'] } };
    }
    case 'RHS':
      return { ...state, views: { rhs: action.id } };
    default:
      return state;
  }
}

/** A store that takes functions, too, as Mattermost's does. */
export function makeStore(): Store {
  const made = createStore<State>(reduce as (state: State | undefined, action: { type: string }) => State);
  const dispatch = (action: Action | Thunk): unknown =>
    typeof action === 'function' ? action(dispatch as (action: unknown) => unknown, made.getState) : made.dispatch(action);
  return { getState: made.getState, subscribe: made.subscribe, dispatch };
}

/** What GET /devhost/webapp/start answers. */
export interface Start {
  me: User;
  users: readonly User[];
  statuses: Readonly<Record<string, string>>;
  teams: readonly Team[];
  channels: readonly Channel[];
  config: Readonly<Record<string, string>>;
}

/** The entities of a start, with the channel that the address names. */
export function entities(start: Start, current: Channel | undefined): Entities {
  const byId = <T extends { id: string }>(all: readonly T[]) => Object.fromEntries(all.map((one) => [one.id, one]));
  return {
    entities: {
      general: { config: start.config },
      users: { currentUserId: start.me.id, profiles: byId([...start.users, start.me]), statuses: start.statuses },
      channels: { currentChannelId: current?.id ?? '', channels: byId(start.channels) },
      teams: { currentTeamId: start.teams[0]?.id ?? '', teams: byId(start.teams) },
    },
  };
}
