// The phone: a panel in the right-hand sidebar, calls by a click, and calls that come in.

import React from 'react';
import { displayName, Names } from '../names';
import type { Context, Part } from '../part';
import { ownPath } from '../place';
import { currentChannel, currentUser, watch } from '../state';
import { style } from '../style';
import { partner, PhoneIcon, ProfileAction } from './actions';
import { CSS } from './css';
import { Confirm, DeskContext, type Desk } from './hooks';
import { Panel } from './panel';
import { Pops } from './pop';
import { Root } from './root';
import { PhoneStore } from './store';
import { onTelLinks } from './tel';

let ends: (() => void)[] = [];

function start(context: Context): void {
  const { registry, store: mattermost, config, t, api, server } = context;
  const { phone } = config;
  if (!phone) return;
  const address = `${window.location.origin.replace(/^http/, 'ws')}${ownPath(context, '/api/v1/board/ws')}`;
  const store = new PhoneStore({ api, t, board: phone.board, controls: phone.controls, address, username: () => currentUser(mattermost.getState())?.username ?? '' });
  const names = new Names(mattermost, server);
  const desk: Desk = {
    pluginId: context.pluginId,
    store,
    pops: new Pops(),
    config: phone,
    mattermost,
    names,
    t,
    locale: () => currentUser(mattermost.getState())?.locale ?? 'en',
    confirm: new Confirm(),
  };
  const at = (what: React.ReactElement) => <DeskContext.Provider value={desk}>{what}</DeskContext.Provider>;
  const component = (id: string) => ends.push(() => registry.unregisterComponent(id));
  ends.push(style(context.pluginId, 'phone', CSS), () => store.stop(), () => names.stop());

  const panel = registry.registerRightHandSidebarComponent(() => at(<Panel />), t('phone.title'));
  // While it is known: of what is not, Mattermost would keep an empty sidebar.
  ends.push(() => mattermost.dispatch(panel.hideRHSPlugin));
  component(panel.id);
  component(registry.registerRootComponent(() => at(<Root />)));
  const toggle = () => void mattermost.dispatch(panel.toggleRHSPlugin);
  component(registry.registerChannelHeaderButtonAction(<PhoneIcon />, toggle, t('phone.title'), t('phone.title')));
  context.offer('phone', () => void mattermost.dispatch(panel.showRHSPlugin));
  if (phone.calls) {
    component(registry.registerPopoverUserActionsComponent((props) => at(<ProfileAction {...props} />)));
    ends.push(onTelLinks((number) => desk.confirm.ask(number)), callButton(context, store));
  }
  store.start();
}

/** A button in the header of direct messages, and of no other channel. */
function callButton({ registry, store: mattermost, t }: Context, store: PhoneStore): () => void {
  let shown = '';
  const hide = () => {
    if (shown) registry.unregisterComponent(shown);
    shown = '';
  };
  const stop = watch(
    mattermost,
    (state) => {
      const other = partner(state, currentChannel(state));
      return other ? `${other.username} ${displayName(state, other)}` : '';
    },
    (both) => {
      hide();
      if (both === '') return;
      // User names have no blanks.
      const at = both.indexOf(' ');
      const [username, name] = [both.slice(0, at), both.slice(at + 1)];
      const words = t('phone.call_name', { name: name === username ? `@${username}` : name });
      shown = registry.registerChannelHeaderButtonAction(<PhoneIcon out />, () => void store.call(`@${username}`), words, words);
    },
  );
  return () => {
    stop();
    hide();
  };
}

export const phone: Part = {
  start,
  stop: () => {
    const all = ends;
    ends = [];
    for (const end of all) end();
  },
};
