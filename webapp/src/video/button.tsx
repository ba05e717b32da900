// The button in the channel's header: there where video is, marked while a conference is on.

import React, { useEffect, useRef, useState } from 'react';
import type { Translate } from '../i18n';
import { currentChannel, currentUser, type Channel } from '../state';
import { style } from '../style';
import { isAllowed } from './allowed';
import type { Piece } from './index';
import { Rooms } from './rooms';
import { titleOf } from './title';
import { where } from './where';

const CSS = `
.switchboard-video-icon { fill: currentColor; overflow: visible; }
.switchboard-video-icon circle { fill: var(--online-indicator); stroke: var(--center-channel-bg); }
`;

/** What the button says of the open channel's conference. */
class Mark {
  label = '';
  /** Whether it is on. */
  on = false;
  private readonly listeners = new Set<() => void>();

  set(label: string, on: boolean): void {
    if (label === this.label && on === this.on) return;
    this.label = label;
    this.on = on;
    this.listeners.forEach((listener) => listener());
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

/**
 * The icon, which gives its button the name that fits. A button that was registered anew for another name would move behind those of
 * others, under somebody's pointer. It is nothing but a drawing: of a span, Mattermost's app bar makes a white disc.
 */
function Icon({ mark }: { mark: Mark }) {
  const [{ label, on }, setSaid] = useState({ label: mark.label, on: mark.on });
  const icon = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const look = () => setSaid({ label: mark.label, on: mark.on });
    look();
    return mark.listen(look);
  }, [mark]);
  useEffect(() => {
    icon.current?.closest('button, [role=button]')?.setAttribute('aria-label', label);
  }, [label]);
  return (
    <svg ref={icon} className="icon switchboard-video-icon" width="18" height="18" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M4 6h10a2 2 0 0 1 2 2v1.8L20.4 7c.7-.4 1.6 0 1.6.9v8.2c0 .9-.9 1.3-1.6.9L16 14.2V16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z" />
      {on ? <circle cx="22" cy="3" r="5" strokeWidth="1.5" /> : null}
    </svg>
  );
}

/** By this page one is in one conference at most: its channel's button leads back to it, and the others say so. */
function labelOf(t: Translate, people: number, channel: Channel, here: string | undefined, title: (id: string) => string): string {
  if (here === channel.id) return t('video.button.in');
  if (here !== undefined) return t('video.button.other', { channel: title(here) });
  return people > 0 ? t('video.button.on', { people }) : t('video.button');
}

export const button: Piece = {
  start: (context, video) => {
    const { registry, store, t } = context;
    const unstyle = style(context.pluginId, 'video-button', CSS);
    const mark = new Mark();
    // Set before the registry is called: that changes the store, which calls `update` at once.
    let shown = '';
    let id: string | undefined;
    const take = () => {
      if (id !== undefined) registry.unregisterComponent(id);
      id = undefined;
    };
    const update = () => {
      const state = store.getState();
      const channel = currentChannel(state);
      const allowed = channel !== undefined && isAllowed(state, video, channel);
      if (allowed) {
        const people = rooms.in(channel.id)?.count ?? 0;
        mark.set(labelOf(t, people, channel, where.channelId, (id) => titleOf(state, id) ?? t('video.title')), people > 0);
      }
      const now = allowed ? `in ${currentUser(state)?.locale ?? ''}` : '';
      if (now === shown) return;
      shown = now;
      take();
      if (!allowed) return;
      const label = t('video.button');
      id = registry.registerChannelHeaderButtonAction(<Icon mark={mark} />, (open) => void context.call('video.open', open), label, label);
    };
    const rooms = new Rooms(context, update);
    update();
    const unsubscribe = store.subscribe(update);
    const unlisten = where.listen(update);
    return () => {
      unsubscribe();
      unlisten();
      rooms.end();
      unstyle();
      take();
    };
  },
};
