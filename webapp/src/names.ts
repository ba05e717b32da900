// What people are called, as Mattermost's setting "Teammate Name Display" has it.

import type { Api } from './api';
import type { State, Store, User } from './state';
import { watch } from './state';

/** The most names that are asked for at once, and the most that are kept: those of an office, and some. */
const MOST_ASKED = 100;
const MOST_KEPT = 10_000;
/** How long to wait for more names to ask for, in milliseconds. */
const TOGETHER = 100;

type Format = 'username' | 'full_name' | 'nickname_full_name';

/** How names are displayed: people choose it, unless the administrator has locked it. */
function formatOf({ entities: { general, preferences } }: State): Format {
  const own = preferences?.myPreferences['display_settings--name_format']?.value;
  const isLocked = general.config.LockTeammateNameDisplay === 'true';
  const wanted = (isLocked ? undefined : own) ?? general.config.TeammateNameDisplay;
  return wanted === 'full_name' || wanted === 'nickname_full_name' ? wanted : 'username';
}

/** What somebody is called. */
export function displayName(state: State, user: User): string {
  const format = formatOf(state);
  const full = `${user.first_name} ${user.last_name}`.trim();
  const shown = format === 'username' ? '' : format === 'nickname_full_name' ? user.nickname || full : full;
  return shown || user.username;
}

/** What people are called, by their user names; who is not known yet is asked for. */
export class Names {
  /** Undefined: there is nobody of that name, or it is asked for. */
  private readonly found = new Map<string, User | undefined>();
  private readonly wanted = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly ended = new AbortController();
  private profiles: State['entities']['users']['profiles'] | undefined;
  private byName = new Map<string, User>();
  private readonly unwatch: () => void;

  constructor(
    private readonly store: Store,
    private readonly server: Api,
  ) {
    this.unwatch = watch(store, formatOf, () => this.changed());
  }

  stop(): void {
    this.ended.abort();
    this.unwatch();
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What whoever has this user name is called; the name itself where nobody is known to have it. */
  of(username: string): string {
    const name = username.replace(/^@/, '').toLowerCase();
    const state = this.store.getState();
    const user = this.known(state).get(name) ?? this.found.get(name);
    if (user) return displayName(state, user);
    if (formatOf(state) !== 'username') this.want(name);
    return username;
  }

  /** Those whom Mattermost's page knows. */
  private known(state: State): Map<string, User> {
    const { profiles } = state.entities.users;
    if (profiles !== this.profiles) {
      this.profiles = profiles;
      this.byName = new Map(Object.values(profiles).flatMap((user) => (user ? [[user.username, user] as const] : [])));
    }
    return this.byName;
  }

  private want(name: string): void {
    // User names have these alone (model/user.go); other lines are nobody's.
    if (this.found.has(name) || this.found.size >= MOST_KEPT || !/^[a-z0-9._-]{1,64}$/.test(name)) return;
    this.found.set(name, undefined);
    this.wanted.add(name);
    this.timer ??= setTimeout(() => void this.ask(), TOGETHER);
  }

  private async ask(): Promise<void> {
    this.timer = undefined;
    const names = [...this.wanted].slice(0, MOST_ASKED);
    for (const name of names) this.wanted.delete(name);
    if (this.wanted.size > 0) this.timer = setTimeout(() => void this.ask(), TOGETHER);
    try {
      for (const user of await this.server.post<readonly User[]>('/users/usernames', names, this.ended.signal)) this.found.set(user.username, user);
    } catch {
      // Their user names are shown, and the next page asks again.
    }
    this.changed();
  }

  private changed(): void {
    if (!this.ended.signal.aborted) this.listeners.forEach((listener) => listener());
  }
}
