// The plugin as Mattermost sees it: starts the parts, with what the server says of its settings.

import { api, serverApi } from './api';
import { CONFIG_PATH, type Config } from './config';
import { translator } from './i18n';
import type { Context, Part } from './part';
import { publicFile, type Place } from './place';
import type { Registry, SocketMessage } from './registry';
import { currentUser, type Store } from './state';
import { COMMON_CSS, style } from './style';

/** How long to wait before the settings are asked for again, in milliseconds; twice as long each time. */
const AGAIN_FIRST = 2_000;
const AGAIN_MOST = 120_000;

/**
 * What makes everybody's pages ask at once, as new settings and a server that is back do, lets each of them wait first: for a random
 * time of so many milliseconds at most.
 */
export const SPREAD = 10_000;

/** The server says so when an admin saved settings of which pages may see something. */
export const SETTINGS_EVENT = 'settings_changed';

/** Among listeners: the connection is there again. No event of the server's has a blank in its name. */
const RECONNECTED = 'connected again';

export interface Parts {
  /** Those that depend on what the server has switched on. */
  configured: readonly Part[];
  /** Those that are there at once. */
  always: readonly Part[];
}

export class Plugin {
  private context: Context | undefined;
  private started: Part[] = [];
  private last = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private reconnected = false;
  private readonly ended = new AbortController();
  private readonly offers = new Map<string, { part: Part; what: (...values: readonly unknown[]) => void }>();
  private readonly listeners: { part: Part; event: string; handler: (message: SocketMessage) => void }[] = [];
  private readonly modules = new Map<string, Promise<unknown>>();
  /** How often each could not be loaded. */
  private readonly failures = new Map<string, number>();
  /** Names of events that Mattermost tells us of, as it knows them. */
  private readonly listened = new Set<string>();
  private unstyle: (() => void) | undefined;
  private registry: Registry | undefined;

  constructor(
    private readonly place: Place,
    private readonly parts: Parts,
    private readonly importing: (address: string) => Promise<unknown>,
  ) {}

  /** Mattermost calls this once. */
  initialize(registry: Registry, store: Store): void {
    this.registry = registry;
    const t = translator(() => currentUser(store.getState())?.locale);
    const own = api(this.place, t);
    const nothing: Config = { id: this.place.pluginId, version: '', video: null, phone: null };
    this.unstyle = style(this.place.pluginId, 'common', COMMON_CSS);
    this.context = {
      ...this.place,
      registry,
      store,
      t,
      api: own,
      server: serverApi(this.place, t),
      config: nothing,
      load: <T>(name: string) => this.load(name, t('error.unreachable')) as Promise<T>,
      file: (name) => publicFile(this.place, name),
      call: (name, ...values) => {
        const offered = this.offers.get(name);
        offered?.what(...values);
        return offered !== undefined;
      },
      // Each part has its own of these: see `run`.
      offer: () => undefined,
      onMessage: () => undefined,
      onReconnect: () => undefined,
    };
    this.run(this.parts.always, this.context);
    this.listen(SETTINGS_EVENT);
    registry.registerReconnectHandler(() => this.soon(true));
    void this.configure();
  }

  /** Mattermost calls this when the plugin is disabled, or replaced by another version. */
  uninitialize(): void {
    this.ended.abort();
    clearTimeout(this.timer);
    clearTimeout(this.waiting);
    this.end([...this.started]);
    for (const event of this.listened) this.registry?.unregisterWebSocketEventHandler(event);
    this.registry?.unregisterReconnectHandler();
    this.unstyle?.();
  }

  /** Has Mattermost tell us of an event. */
  private listen(event: string): void {
    const name = `custom_${this.place.pluginId}_${event}`;
    if (this.listened.has(name)) return;
    this.listened.add(name);
    this.registry?.registerWebSocketEventHandler(name, (message) => {
      this.hear(event, message);
      if (event === SETTINGS_EVENT) this.soon(false);
    });
  }

  /** Asks again after a wait, once for all that is told until then. */
  private soon(reconnected: boolean): void {
    this.reconnected ||= reconnected;
    this.waiting ??= setTimeout(() => {
      const again = this.reconnected;
      this.waiting = undefined;
      this.reconnected = false;
      if (again) this.hear(RECONNECTED, { event: RECONNECTED, data: {} });
      void this.configure();
    }, Math.random() * SPREAD);
  }

  private hear(event: string, message: SocketMessage): void {
    for (const listener of this.listeners.filter((one) => one.event === event)) {
      try {
        listener.handler(message);
      } catch (error) {
        report(error);
      }
    }
  }

  /** A part's own context: what it registers there ends with it. */
  private of(part: Part, context: Context): Context {
    const on = (event: string, handler: (message: SocketMessage) => void) => void this.listeners.push({ part, event, handler });
    return {
      ...context,
      offer: (name, what) => void this.offers.set(name, { part, what }),
      onMessage: (event, handler) => {
        this.listen(event);
        on(event, handler);
      },
      onReconnect: (handler) => on(RECONNECTED, handler),
    };
  }

  private load(name: string, problem: string): Promise<unknown> {
    let module = this.modules.get(name);
    if (!module) {
      const failed = this.failures.get(name) ?? 0;
      const file = publicFile(this.place, `${name}.js`);
      // By the same address a browser would answer with the failure that it remembers (HTML's module map).
      const address = failed === 0 ? file : `${file}${file.includes('?') ? '&' : '?'}again=${failed}`;
      module = this.importing(address).catch(() => {
        this.modules.delete(name);
        this.failures.set(name, failed + 1);
        throw new Error(problem);
      });
      this.modules.set(name, module);
    }
    return module;
  }

  /** Asks for the settings until they are there, and starts the parts anew where they are others. */
  private async configure(wait = AGAIN_FIRST): Promise<void> {
    clearTimeout(this.timer);
    const later = (task: () => void, milliseconds: number) => {
      this.timer = setTimeout(task, milliseconds);
    };
    const context = this.context;
    if (!context) return;
    try {
      const config = await context.api.get<Config>(CONFIG_PATH, this.ended.signal);
      if (this.ended.signal.aborted) return;
      const now = JSON.stringify(config);
      if (now === this.last) return;
      if (this.started.some((part) => part.busy?.())) {
        later(() => void this.configure(), AGAIN_MOST);
        return;
      }
      this.last = now;
      this.end(this.parts.configured.filter((part) => this.started.includes(part)));
      this.run(this.parts.configured, { ...context, config });
    } catch {
      // The plugin may be starting; and nobody is to be told of what they have not asked for.
      if (!this.ended.signal.aborted) later(() => void this.configure(Math.min(wait * 2, AGAIN_MOST)), wait);
    }
  }

  private run(parts: readonly Part[], context: Context): void {
    for (const part of parts) {
      try {
        this.started.push(part);
        part.start(this.of(part, context));
      } catch (error) {
        report(error);
      }
    }
  }

  private end(parts: readonly Part[]): void {
    for (const part of parts) {
      this.started = this.started.filter((other) => other !== part);
      for (const [name, offer] of this.offers) if (offer.part === part) this.offers.delete(name);
      for (let at = this.listeners.length - 1; at >= 0; at -= 1) if (this.listeners[at]?.part === part) this.listeners.splice(at, 1);
      try {
        part.stop();
      } catch (error) {
        report(error);
      }
    }
  }
}

/** Tells whoever looks at the browser's console, and lets everything else go on. */
function report(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
