// What is read of Mattermost's Redux store, in the shape that it has from 6.2 on.

/** A channel. `type`: `O` public, `P` private, `D` direct, `G` group message. */
export interface Channel {
  id: string;
  team_id: string;
  type: 'O' | 'P' | 'D' | 'G';
  name: string;
  display_name: string;
  delete_at: number;
}

export interface User {
  id: string;
  username: string;
  nickname: string;
  first_name: string;
  last_name: string;
  /** Space-separated, such as `system_user system_admin`. */
  roles: string;
  /** Such as `de` or `zh-CN`. */
  locale: string;
  is_bot?: boolean;
}

export interface Team {
  id: string;
  name: string;
  display_name: string;
}

export interface State {
  entities: {
    general: { config: Readonly<Record<string, string | undefined>> };
    users: {
      currentUserId: string;
      profiles: Readonly<Record<string, User | undefined>>;
      statuses?: Readonly<Record<string, string | undefined>>;
    };
    /** By category and name. */
    preferences?: { myPreferences: Readonly<Record<string, { value: string } | undefined>> };
    channels: { currentChannelId: string; channels: Readonly<Record<string, Channel | undefined>> };
    teams: { currentTeamId: string; teams: Readonly<Record<string, Team | undefined>> };
  };
}

/** Mattermost's Redux store. What is dispatched are actions that its registry gave. */
export interface Store {
  getState(): State;
  dispatch(action: unknown): unknown;
  subscribe(listener: () => void): () => void;
}

/** Whoever is signed in. */
export function currentUser(state: State): User | undefined {
  const { currentUserId, profiles } = state.entities.users;
  return profiles[currentUserId];
}

/** Whether whoever is signed in is not to be disturbed. */
export function isChatDnd(state: State): boolean {
  const { currentUserId, statuses } = state.entities.users;
  return statuses?.[currentUserId] === 'dnd';
}

/** The channel that is open. */
export function currentChannel(state: State): Channel | undefined {
  const { currentChannelId, channels } = state.entities.channels;
  return channels[currentChannelId];
}

/** Calls `changed` whenever `select` gives something else than before; begins with what there is. Answers how to stop. */
export function watch<T>(store: Store, select: (state: State) => T, changed: (now: T) => void): () => void {
  let last = select(store.getState());
  changed(last);
  return store.subscribe(() => {
    const now = select(store.getState());
    if (Object.is(now, last)) return;
    last = now;
    changed(now);
  });
}
