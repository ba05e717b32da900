// A channel: its header with plugins' buttons, its posts, the sidebar at the right.

import React, { useCallback, useEffect, useRef, useState } from 'react';
import type { Channel, User } from '../../src/state';
import { ask } from './ask';
import { Pluggable, useRegistered, useStore } from './parts';
import type { Start, Store } from './store';

interface Post {
  id: string;
  user_id: string;
  message: string;
}

/** Where a channel is. */
function addressOf(channel: Channel, base: string, team: string): string {
  return channel.type === 'D' ? `${base}/${team}/messages/@${channel.display_name}` : `${base}/${team}/channels/${channel.name}`;
}

function Header({ store, channel }: { store: Store; channel: Channel }) {
  const buttons = useRegistered(store, 'ChannelHeaderButton');
  return (
    <header className="channel-header">
      <h1>{channel.display_name}</h1>
      {buttons.map(({ id, icon, action, dropdownText, tooltipText }) => {
        const label = tooltipText ?? dropdownText;
        return (
          <button key={id} id={`${id}ChannelHeaderButton`} type="button" className="channel-header__icon" aria-label={typeof label === 'string' ? label : ''} title={typeof label === 'string' ? label : ''} onClick={() => action?.(channel, {})}>
            {icon}
          </button>
        );
      })}
    </header>
  );
}

/** A profile, with plugins' places in it. */
function Popover({ store, user, hide }: { store: Store; user: User; hide: () => void }) {
  return (
    <section className="user-profile-popover" role="dialog" aria-label={`Profile of ${user.username}`}>
      <strong>@{user.username}</strong> <span>{`${user.first_name} ${user.last_name}`.trim()}</span>
      <Pluggable store={store} place="PopoverUserAttributes" values={{ user, hide, status: 'online' }} />
      <Pluggable store={store} place="PopoverUserActions" values={{ user, hide, status: 'online' }} />
      <button type="button" onClick={hide}>Close the profile</button>
    </section>
  );
}

/** A message's text, with links (tel: too) as plugins meet them. */
function Text({ store, text }: { store: Store; text: string }) {
  const [over, setOver] = useState('');
  const tooltips = useRegistered(store, 'LinkTooltip').length > 0;
  const parts = text.split(/(\[[^\]]*\]\([^)\s]*\))/);
  return (
    <div className="post-message__text">
      {parts.map((part, at) => {
        const link = /^\[([^\]]*)\]\(([^)\s]*)\)$/.exec(part);
        const href = link?.[2] ?? '';
        if (!/^(https?|tel):/.test(href)) return <span key={at}>{part}</span>;
        return (
          <a key={at} className="theme markdown__link" href={href} rel="noreferrer" onMouseEnter={() => setOver(href)} onFocus={() => setOver(href)}>{link?.[1]}</a>
        );
      })}
      {tooltips && over !== '' && <span className="link-tooltip"><Pluggable store={store} place="LinkTooltip" values={{ href: over, show: true }} /></span>}
    </div>
  );
}

function Posts({ store, channel, users, open }: { store: Store; channel: Channel; users: readonly User[]; open: (user: User) => void }) {
  const [posts, setPosts] = useState<readonly Post[]>([]);
  const read = useCallback(async () => {
    const { order, posts: byId } = (await ask('GET', `/api/v4/channels/${channel.id}/posts`)) as { order: string[]; posts: Record<string, Post> };
    setPosts(order.map((id) => byId[id]).filter((post): post is Post => post !== undefined).reverse());
  }, [channel.id]);
  useEffect(() => {
    const told = (event: Event) => {
      if ((event as CustomEvent<{ event: string }>).detail.event.startsWith('post')) void read();
    };
    window.addEventListener('mattermost', told);
    void read();
    return () => window.removeEventListener('mattermost', told);
  }, [read]);
  return (
    <ol className="posts" aria-label="Messages">
      {posts.map((post) => {
        const author = users.find((one) => one.id === post.user_id);
        return (
          <li key={post.id} id={`post_${post.id}`}>
            <button type="button" className="user-popover" onClick={() => author && open(author)}>{author?.username ?? 'somebody'}</button>
            <Text store={store} text={post.message} />
          </li>
        );
      })}
    </ol>
  );
}

function Composer({ channel }: { channel: Channel }) {
  const [said, setSaid] = useState('');
  const line = useRef<HTMLInputElement>(null);
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const text = line.current?.value.trim() ?? '';
    if (text === '') return;
    if (line.current) line.current.value = '';
    try {
      const answer = text.startsWith('/')
        ? await ask('POST', '/api/v4/commands/execute', { channel_id: channel.id, command: text })
        : await ask('POST', '/api/v4/posts', { channel_id: channel.id, message: text });
      setSaid((answer as { text?: string } | undefined)?.text ?? '');
    } catch (error) {
      setSaid(String(error));
    }
  };
  return (
    <form className="composer" onSubmit={(event) => void send(event)}>
      <label>Message or /command <input ref={line} id="post_textbox" /></label>
      <output>{said}</output>
    </form>
  );
}

function Sidebar({ store, start, base }: { store: Store; start: Start; base: string }) {
  const current = useStore(store, (state) => state.entities.channels.currentChannelId);
  const team = start.teams[0]?.name ?? '';
  const query = new URLSearchParams(window.location.search);
  const other = query.get('react') === '17' ? '18' : '17';
  const go = (event: React.MouseEvent, channel: Channel) => {
    event.preventDefault();
    window.history.pushState(null, '', addressOf(channel, base, team) + window.location.search);
    store.dispatch({ type: 'CHANNEL', id: channel.id });
  };
  return (
    <nav className="sidebar-left" aria-label="Channels">
      <label>
        Signed in as{' '}
        <select value={start.me.username} onChange={(event) => window.location.assign(`?${new URLSearchParams({ ...Object.fromEntries(query), as: event.target.value }).toString()}`)}>
          {start.users.map(({ username }) => <option key={username}>{username}</option>)}
        </select>
      </label>
      <ul>
        {start.channels.map((channel) => (
          <li key={channel.id}>
            <a href={addressOf(channel, base, team)} aria-current={channel.id === current ? 'page' : undefined} onClick={(event) => go(event, channel)}>{channel.type === 'D' ? '@' : '~'}{channel.display_name}</a>
          </li>
        ))}
      </ul>
      <ul>
        {Object.keys(start.config).includes('plugin') && <li><a href={`${base}/admin_console/plugins/plugin_${start.config.plugin ?? ''}${window.location.search}`}>System Console</a></li>}
        <li><a href={`?react=${other}`}>React {other}</a></li>
        <li><a href={`?react=${query.get('react') ?? '18'}&theme=${query.get('theme') === 'dark' ? 'light' : 'dark'}`}>Another theme</a></li>
        <li><a href={`${base}/`}>What happens</a></li>
      </ul>
    </nav>
  );
}

export function ChannelPage({ store, start, base }: { store: Store; start: Start; base: string }) {
  const channel = useStore(store, (state) => state.entities.channels.channels[state.entities.channels.currentChannelId]);
  const rhs = useStore(store, (state) => state.views.rhs);
  const apps = useRegistered(store, 'AppBar');
  const title = useRegistered(store, 'RightHandSidebarComponent').find((one) => one.id === rhs)?.title;
  const [profile, setProfile] = useState<User>();
  if (!channel) return <main><p>There is no channel here for you.</p></main>;
  return (
    <div className="channel-view">
      <Sidebar store={store} start={start} base={base} />
      <main>
        <Header store={store} channel={channel} />
        <Posts store={store} channel={channel} users={start.users} open={setProfile} />
        <Composer channel={channel} />
        {profile && <Popover store={store} user={profile} hide={() => setProfile(undefined)} />}
      </main>
      {rhs !== '' && (
        <aside id="rhsContainer" className="sidebar-right" aria-label="Sidebar">
          <div className="sidebar--right__header">
            <h2>{title}</h2>
            <button type="button" id="rhsCloseButton" onClick={() => store.dispatch({ type: 'RHS', id: '' })}>Close</button>
          </div>
          <Pluggable store={store} place="RightHandSidebarComponent" id={rhs} />
        </aside>
      )}
      {apps.length > 0 && (
        <div className="app-bar">
          {apps.map(({ id, iconUrl, tooltipText, action }) => (
            <button key={id} type="button" aria-label={typeof tooltipText === 'string' ? tooltipText : ''} onClick={() => action?.(channel, {})}><img src={iconUrl} alt="" /></button>
          ))}
        </div>
      )}
      <Pluggable store={store} place="Root" />
    </div>
  );
}
