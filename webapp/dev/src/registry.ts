// The registry that a plugin gets: names, arguments and answers are those of Mattermost 9.11.

import React from 'react';
import type { SocketMessage } from '../../src/registry';
import type { Registered, Store, Thunk } from './store';

type Handler = (message: SocketMessage) => void;

/** Handlers of all plugins: one for each event of a plugin, and one for reconnecting. */
export const handlers = new Map<string, Map<string, Handler>>();
export const reconnects = new Map<string, () => void>();

let last = 0;
const newId = () => `component${(last += 1)}`;

/** A method that takes its arguments one after the other, or in one object by their names. */
function named<T>(names: readonly string[], method: (values: Record<string, unknown>) => T) {
  return (...values: unknown[]): T => {
    const [first] = values;
    const plain = values.length === 1 && typeof first === 'object' && first !== null && Object.getPrototypeOf(first) === Object.prototype;
    const inOne = plain && Object.keys(first).every((key) => names.includes(key));
    return method(inOne ? (first as Record<string, unknown>) : Object.fromEntries(names.map((name, at) => [name, values[at]])));
  };
}

/** A component's class or function, where an element is wanted, becomes an element. */
function element(value: unknown): React.ReactNode {
  const component = typeof value === 'function' || (typeof value === 'object' && value !== null && !React.isValidElement(value) && '$$typeof' in value);
  return component ? React.createElement(value as React.ComponentType) : (value as React.ReactNode);
}

export function makeRegistry(pluginId: string, store: Store) {
  const add = (place: string, data: Partial<Registered>): string => {
    const id = newId();
    store.dispatch({ type: 'REGISTERED', place, data: { id, pluginId, ...data } });
    return id;
  };
  const component = (place: string) => named(['component'], (values) => add(place, values));
  const events = () => {
    const found = handlers.get(pluginId) ?? new Map<string, Handler>();
    handlers.set(pluginId, found);
    return found;
  };
  const panel = named(['component', 'title'], ({ component: shown, title }) => {
    const id = add('RightHandSidebarComponent', { component: shown as NonNullable<Registered['component']>, title: element(title) });
    const isOpen: (state: ReturnType<Store['getState']>) => boolean = (state) => state.views.rhs === id;
    const hide: Thunk = (dispatch, state) => isOpen(state()) && dispatch({ type: 'RHS', id: '' });
    const toggle: Thunk = (dispatch, state) => dispatch({ type: 'RHS', id: isOpen(state()) ? '' : id });
    return { id, showRHSPlugin: { type: 'RHS', id }, hideRHSPlugin: hide, toggleRHSPlugin: toggle };
  });
  return {
    id: pluginId,
    supports: { globalAppBar: true, globalRhs: true },
    registerRootComponent: component('Root'),
    registerPopoverUserAttributesComponent: component('PopoverUserAttributes'),
    registerPopoverUserActionsComponent: component('PopoverUserActions'),
    registerLinkTooltipComponent: component('LinkTooltip'),
    registerChannelHeaderButtonAction: named(['icon', 'action', 'dropdownText', 'tooltipText'], (values) =>
      add('ChannelHeaderButton', { ...values, icon: element(values.icon), dropdownText: element(values.dropdownText), tooltipText: element(values.tooltipText) }),
    ),
    registerPostDropdownMenuAction: named(['text', 'action', 'filter'], ({ text, action, filter }) =>
      add('PostDropdownMenu', { dropdownText: element(text), action: action as NonNullable<Registered['action']>, ...(filter ? { filter } : {}) }),
    ),
    registerAppBarComponent: named(['iconUrl', 'action', 'tooltipText', 'supportedProductIds', 'rhsComponent', 'rhsTitle'], (values) => {
      const { iconUrl, tooltipText } = values as { iconUrl: string; tooltipText: unknown };
      const rhs = values.rhsComponent ? panel(values.rhsComponent, values.rhsTitle) : undefined;
      const action = rhs ? () => store.dispatch(rhs.toggleRHSPlugin) : (values.action as NonNullable<Registered['action']>);
      const id = add('AppBar', { iconUrl, tooltipText: element(tooltipText), action });
      return rhs ? { id, rhsComponent: rhs } : id;
    }),
    registerSlashCommandWillBePostedHook: named(['hook'], ({ hook }) => add('SlashCommandWillBePosted', { action: hook as NonNullable<Registered['action']> })),
    registerRightHandSidebarComponent: panel,
    registerAdminConsoleCustomSetting: named(['key', 'component', 'options'], ({ key, component: shown, options }) => {
      const showTitle = (options as { showTitle?: boolean } | undefined)?.showTitle ?? false;
      store.dispatch({ type: 'SETTING', key: key as string, component: shown as NonNullable<Registered['component']>, showTitle });
    }),
    registerWebSocketEventHandler: named(['event', 'handler'], ({ event, handler }) => void events().set(event as string, handler as Handler)),
    unregisterWebSocketEventHandler: named(['event'], ({ event }) => void events().delete(event as string)),
    registerReconnectHandler: named(['handler'], ({ handler }) => void reconnects.set(pluginId, handler as () => void)),
    unregisterReconnectHandler: () => void reconnects.delete(pluginId),
    registerReducer: () => undefined,
    registerTranslations: () => undefined,
    unregisterComponent: named(['componentId'], ({ componentId }) => void store.dispatch({ type: 'UNREGISTERED', id: componentId as string })),
  };
}
