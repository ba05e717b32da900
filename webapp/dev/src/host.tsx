// The page: gives plugins what Mattermost gives them in `window`, loads them as it does, and renders their parts.

import * as PropTypes from 'prop-types';
import React from 'react';
import ReactDOM from 'react-dom';
import * as ReactRedux from 'react-redux';
import * as Redux from 'redux';
import type { SocketMessage } from '../../src/registry';
import { AdminPage } from './admin';
import { ask } from './ask';
import { ChannelPage } from './page';
import { handlers, makeRegistry, reconnects } from './registry';
import { entities, makeStore, type Start, type Store } from './store';

interface Manifest {
  id: string;
  version: string;
  webapp: { bundle_path: string };
}
interface Plugin {
  initialize?: (registry: unknown, store: unknown) => void;
  uninitialize?: () => void;
}

const plugins = new Map<string, Plugin>();
const loaded = new Map<string, string>();

/** The path below which the site is; the page says so, as Mattermost's own does in `window.basename`. */
const base = document.documentElement.dataset.base ?? '';

function load(manifest: Manifest, store: Store): void {
  if (loaded.get(manifest.id) === manifest.webapp.bundle_path) return;
  remove(manifest.id);
  loaded.set(manifest.id, manifest.webapp.bundle_path);
  const script = document.createElement('script');
  script.id = `plugin_${manifest.id}`;
  script.src = `${window.location.origin}${base}${manifest.webapp.bundle_path}`;
  script.defer = true;
  script.onload = () => {
    plugins.get(manifest.id)?.initialize?.(makeRegistry(manifest.id, store), store);
    document.documentElement.dataset.loaded = manifest.id;
  };
  document.head.append(script);
}

function remove(id: string): void {
  if (!loaded.delete(id)) return;
  plugins.get(id)?.uninitialize?.();
  handlers.delete(id);
  reconnects.delete(id);
  document.getElementById(`plugin_${id}`)?.remove();
}

async function loadAll(store: Store): Promise<void> {
  const manifests = (await ask('GET', '/api/v4/plugins/webapp')) as Manifest[];
  for (const manifest of manifests) load(manifest, store);
  for (const id of [...loaded.keys()]) if (!manifests.some((one) => one.id === id)) remove(id);
}

/** Messages from the server; a stream in place of Mattermost's websocket. */
function listen(store: Store): void {
  const stream = new EventSource(`${base}/devhost/webapp/socket`);
  let before = false;
  stream.onopen = () => {
    if (before) for (const again of [...reconnects.values()]) again();
    before = true;
  };
  stream.onmessage = ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as SocketMessage;
    if (message.event === 'plugin_statuses_changed') void loadAll(store);
    for (const events of handlers.values()) events.get(message.event)?.(message);
    window.dispatchEvent(new CustomEvent('mattermost', { detail: message }));
  };
}

export async function begin(render: (page: React.ReactElement, element: Element) => void): Promise<void> {
  window.basename = base;
  window.registerPlugin = (id, plugin) => {
    plugins.get(id)?.uninitialize?.();
    plugins.set(id, plugin as Plugin);
  };
  Object.assign(window, { React, ReactDOM, ReactRedux, Redux, PropTypes });
  const root = document.getElementById('root');
  if (!root) return;
  const store = makeStore();
  const start = (await ask('GET', '/devhost/webapp/start')) as Start;
  document.documentElement.lang = start.me.locale;
  const here = decodeURIComponent(window.location.pathname.slice(base.length));
  const [, first = '', kind = '', name = ''] = here.split('/');
  const current = start.channels.find((one) =>
    kind === 'messages' ? one.display_name === name.replace(/^@/, '') || one.id === name || one.name === name : one.name === name && one.type !== 'D',
  );
  store.dispatch({ type: 'START', state: entities(start, current ?? start.channels[0]) });
  const page = first === 'admin_console' ? <AdminPage store={store} plugin={name.replace(/^plugin_/, '')} /> : <ChannelPage store={store} start={start} base={base} />;
  const { Provider } = ReactRedux;
  render(<Provider store={store}>{page}</Provider>, root);
  listen(store);
  await loadAll(store);
}
