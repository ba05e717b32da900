// The panel's place in Mattermost: in the right-hand sidebar, and a bar while a call goes on and the panel is closed.

import React, { useEffect, useState, type ReactElement } from 'react';
import { words } from '../../api';
import type { VideoConfig } from '../../config';
import type { Context } from '../../part';
import { currentChannel, type Channel } from '../../state';
import { style } from '../../style';
import { titleOf } from '../title';
import { where } from '../where';
import { CSS } from './css';
import type { Session } from './session';

/** What the lazily loaded file has. */
export interface Loaded {
  create(context: Context): { session: Session; Panel: () => ReactElement };
}

type Opened = ReturnType<Loaded['create']>;

let loaded: Opened | undefined;

/** A piece of the part `video`: where calls are in the sidebar, it offers `video.open`, with the channel. */
export const panel = {
  start(context: Context, video: VideoConfig): () => void {
    if (!video.embedded) return () => undefined;
    return place(context);
  },
  busy: () => loaded?.session.isBusy ?? false,
};

function place(context: Context): () => void {
  const { registry, store, t } = context;
  const stops: (() => void)[] = [];
  let problem = '';
  let shown = 0;
  let wanted: string | undefined;
  const redraw = new Set<() => void>();
  const draw = () => redraw.forEach((one) => one());
  const useDraw = () => {
    const [, again] = useState(0);
    useEffect(() => {
      const one = () => again((count) => count + 1);
      redraw.add(one);
      return () => void redraw.delete(one);
    }, []);
  };
  let isOver = false;
  let loading: Promise<Opened> | undefined;
  /** Once, however often somebody clicks meanwhile: what is made twice would have the camera twice, and give it back once. */
  const load = () => {
    loading ??= context.load<Loaded>('video').then((file) => {
      if (isOver) throw new Error(t('video.loading'));
      loaded = file.create(context);
      const { session } = loaded;
      const told = () => {
        where.set(session.isBusy ? session.state.channelId : undefined);
        draw();
      };
      stops.push(session.subscribe(told), () => where.set(undefined));
      return loaded;
    });
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  const begin = async (channelId: string) => {
    wanted = channelId;
    problem = '';
    draw();
    try {
      const { session } = await load();
      await session.open(channelId);
    } catch (error) {
      problem = words(error);
    }
    draw();
  };
  const Sidebar = () => {
    useDraw();
    useEffect(() => {
      shown += 1;
      draw();
      // Opened by Mattermost itself, as after the page was loaded again, or closed meanwhile.
      const channel = currentChannel(store.getState());
      if (wanted === undefined && channel) void begin(channel.id);
      // In a conference there is nothing to go back to, and another one may just have been asked for.
      else if (loaded?.session.isBusy === false) void loaded.session.back();
      return () => {
        shown -= 1;
        loaded?.session.rest();
        draw();
      };
    }, []);
    if (problem !== '') return <p role='alert' className='switchboard-video'>{problem}</p>;
    return loaded ? <loaded.Panel /> : <p role='status' className='switchboard-video'>{t('video.loading')}</p>;
  };
  const sidebar = registry.registerRightHandSidebarComponent(Sidebar, t('video.title'));
  const Bar = () => {
    useDraw();
    const session = loaded?.session;
    if (!session?.isBusy || shown > 0) return null;
    return (
      <div className='switchboard-video-bar' role='region' aria-label={t('video.title')}>
        <span>{t('video.on', { channel: titleOf(store.getState(), session.state.channelId) ?? t('video.title') })}</span>
        <button type='button' className='btn btn-primary' onClick={() => store.dispatch(sidebar.showRHSPlugin)}>{t('video.show')}</button>
        <button type='button' className='btn btn-danger' onClick={() => session.leave()}>{t('video.leave')}</button>
      </div>
    );
  };
  const bar = registry.registerRootComponent(Bar);
  context.offer('video.open', (channel) => {
    void begin((channel as Channel).id);
    store.dispatch(sidebar.showRHSPlugin);
  });
  stops.push(
    style(context.pluginId, 'video-panel', CSS),
    // While it is known: of what is not, Mattermost would keep an empty sidebar.
    () => store.dispatch(sidebar.hideRHSPlugin),
    () => registry.unregisterComponent(sidebar.id),
    () => registry.unregisterComponent(bar),
  );
  return () => {
    isOver = true;
    loaded?.session.stop();
    loaded = undefined;
    stops.forEach((stop) => stop());
  };
}
