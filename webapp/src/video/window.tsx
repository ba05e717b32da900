// A conference in a window of its own, where Pexip's Web App 3 runs: opened, watched, and left when it is closed.

import React from 'react';
import { ApiError } from '../api';
import { openPage } from '../desktop';
import type { Context } from '../part';
import type { SocketMessage } from '../registry';
import type { Channel } from '../state';
import { ELSEWHERE, TAKEN_OVER, isReachable, isTakenOver, tabId, type Joined } from './call';
import type { Piece } from './index';
import { Notice, Notices } from './notice';
import { refusalOf, wordsOf } from './problems';
import { titleOf } from './title';
import { where } from './where';

/** The window's name and size: a second conference takes the place of the first. */
const NAME = 'switchboard-video';
const FEATURES = 'popup=yes,width=800,height=800,resizable=yes,scrollbars=yes';

/** How often to look whether the window is still there, in milliseconds. */
const LOOK_EVERY = 250;

/**
 * For how long a window has to be the node's before it counts as seen, in milliseconds. While Chromium gives a window to a page that wants no
 * opener, it is another site's for up to a fifth of a second before it is told as closed.
 */
const SETTLED = 1_000;

/** Whether a window shows another site's page. */
function isForeign(opened: globalThis.Window): boolean {
  try {
    return opened.location.href !== 'about:blank';
  } catch {
    return true;
  }
}

/** A stay in a conference, from when its window opened. */
class Stay {
  private readonly looking: ReturnType<typeof setInterval>;
  private readonly beating: ReturnType<typeof setInterval>;
  private readonly unload = () => this.context.api.postAtUnload('/api/v1/video/leave', this.body());
  private over = false;
  /** Whether the server took it that we are in: until then each beat says so anew. */
  private isTold = false;
  /** When a look first found the node's page, as `performance.now()` tells it. */
  private foreignSince: number | undefined;
  /** Whether the node's page was there, and the window still ours to look at. */
  private isSeen = false;

  constructor(
    private readonly context: Context,
    readonly channelId: string,
    private participation: string,
    beat: number,
    readonly opened: globalThis.Window,
    private readonly join: () => Promise<Joined>,
    private readonly ended: () => void,
    /** Nobody can see from here whether the window is open: they have to say when they leave. */
    private readonly unseen: () => void,
    /** They went on with it in another window or on another device. */
    private readonly takenOver: () => void,
  ) {
    this.looking = setInterval(() => this.look(), LOOK_EVERY);
    this.beating = setInterval(() => void this.beat(), beat * 1_000);
    globalThis.addEventListener('pagehide', this.unload);
    void this.beat();
  }

  /** Leaves; the window stays as it is. */
  end(): void {
    if (!this.forget()) return;
    // Where this fails, the server notices that no beat comes.
    this.context.api.post('/api/v1/video/leave', this.body()).catch(() => undefined);
  }

  /** Whether it was going on. */
  private forget(): boolean {
    if (this.over) return false;
    this.over = true;
    clearInterval(this.looking);
    clearInterval(this.beating);
    globalThis.removeEventListener('pagehide', this.unload);
    this.ended();
    return true;
  }

  /** Another window or device of theirs has it now: this one is closed, so that nobody is in it twice. The server knows. */
  replaced(): void {
    if (!this.forget()) return;
    this.opened.close();
    this.takenOver();
  }

  /** Whether a message says so of this one. */
  isReplacedBy(message: SocketMessage): boolean {
    return isTakenOver(message, this.participation);
  }

  /**
   * A window counts as closed, too, when a node's page wants no opener (`Cross-Origin-Opener-Policy`, HTML 7.1.3): as soon as that page is
   * there. One that was closed without its page having been there is such a one, for all that can be known.
   */
  private look(): void {
    if (!this.opened.closed) {
      if (isForeign(this.opened)) {
        this.foreignSince ??= performance.now();
        this.isSeen ||= performance.now() - this.foreignSince >= SETTLED;
      }
      return;
    }
    clearInterval(this.looking);
    if (this.isSeen) this.end();
    else this.unseen();
  }

  private body() {
    return { participation: this.participation };
  }

  private async beat(): Promise<void> {
    try {
      await this.context.api.post(`/api/v1/video/${this.isTold ? 'beat' : 'joined'}`, this.body());
      this.isTold = true;
    } catch (error) {
      if (this.over || !(error instanceof ApiError)) return;
      if (error.status === 403) this.end();
      else if (error.status === 409) this.replaced();
      // The server does not know this stay any more, as after a long time offline: a new one takes its place.
      else if (error.status === 410) await this.again();
    }
  }

  /** Joins anew, unless another tab of theirs is in it now: taking it over would take it back from that one. */
  private async again(): Promise<void> {
    try {
      const { participation } = await this.join();
      if (this.over) {
        await this.context.api.post('/api/v1/video/leave', { participation });
        return;
      }
      this.participation = participation;
      this.isTold = false;
      await this.context.api.post('/api/v1/video/joined', this.body());
      this.isTold = true;
    } catch (error) {
      if (error instanceof ApiError && error.code === ELSEWHERE) this.replaced();
    }
  }
}

let stay: Stay | undefined;

function now(next: Stay | undefined): void {
  stay = next;
  where.set(next?.channelId);
}

function starter(context: Context, notices: Notices) {
  const { api, t } = context;
  const tab = tabId();

  const show = (channelId: string, joined: Joined, address: string) => {
    const opened = openPage(address, NAME, FEATURES);
    if (opened === 'blocked') {
      const open = () => {
        notices.clear();
        show(channelId, joined, address);
      };
      notices.show({ text: t('video.blocked'), actions: [{ label: t('video.open'), act: open }] });
      return;
    }
    stay?.end();
    notices.clear();
    if (opened === 'elsewhere') {
      // What comes of it nobody here sees: they are not said to be in.
      api.post('/api/v1/video/leave', { participation: joined.participation }).catch(() => undefined);
      return;
    }
    const join = () => api.post<Joined>('/api/v1/video/join', { channelId, tab });
    const ended = () => {
      if (stay === mine) now(undefined);
      // While somebody is in a conference, all that is said is where they are and how they leave it.
      notices.clear();
    };
    const unseen = () => {
      notices.show({ text: t('video.unseen'), actions: [{ label: t('video.left_it'), act: () => mine.end() }] });
    };
    const takenOver = () => notices.show({ text: t('video.taken_over_window'), actions: [] });
    const mine = new Stay(context, channelId, joined.participation, joined.beat, opened, join, ended, unseen, takenOver);
    now(mine);
  };

  const start = async (channel: Channel, takeOver: boolean): Promise<void> => {
    const node = context.config.video;
    if (!node) return;
    notices.show({ text: t('video.opening'), actions: [], quiet: true });
    if (!(await isReachable(node.origin))) {
      const retry = () => void start(channel, takeOver);
      notices.show({ text: t('video.unreachable', { node: node.node }), actions: [{ label: t('again'), act: retry }] });
      return;
    }
    try {
      const joined = await api.post<Joined>('/api/v1/video/join', { channelId: channel.id, tab, ...(takeOver ? { takeOver } : {}) });
      const address = joined.conference.window;
      if (address === null) throw new ApiError(t('video.no_window'), 0);
      show(channel.id, joined, address);
    } catch (error) {
      if (error instanceof ApiError && error.code === ELSEWHERE) {
        const over = () => void start(channel, true);
        notices.show({ text: t('video.elsewhere'), actions: [{ label: t('video.take_over'), act: over }] });
        return;
      }
      const { why, text } = refusalOf(error);
      const { words, more } = wordsOf(why, text, t);
      notices.show({ text: words, more, actions: [] });
    }
  };

  let starting = false;
  const begin = (channel: Channel) => {
    if (starting) return;
    stay?.end();
    starting = true;
    void start(channel, false).finally(() => {
      starting = false;
    });
  };
  const name = (id: string) => titleOf(context.store.getState(), id) ?? t('video.title');
  return (channel: Channel) => {
    const current = stay;
    if (current?.channelId === channel.id && !current.opened.closed) {
      current.opened.focus();
    } else if (current && current.channelId !== channel.id) {
      const change = { label: t('video.change', { channel: name(channel.id) }), act: () => begin(channel) };
      // Nobody sees from here whether that window is still open.
      const left = current.opened.closed ? [{ label: t('video.left_it'), act: () => current.end() }] : [];
      notices.show({ text: t('video.on', { channel: name(current.channelId) }), actions: [change, ...left] });
    } else {
      begin(channel);
    }
  };
}

export const window: Piece = {
  start: (context, video) => {
    if (video.embedded) return () => undefined;
    const notices = new Notices(context.pluginId);
    const start = starter(context, notices);
    const id = context.registry.registerRootComponent(() => <Notice notices={notices} t={context.t} />);
    context.onMessage(TAKEN_OVER, (message) => {
      if (stay?.isReplacedBy(message)) stay.replaced();
    });
    context.offer('video.open', (channel) => start(channel as Channel));
    return () => {
      stay?.end();
      context.registry.unregisterComponent(id);
      notices.end();
    };
  },
  busy: () => stay !== undefined,
};
