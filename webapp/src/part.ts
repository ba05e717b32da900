// What a part of the webapp is, and what it gets.

import type { Api } from './api';
import type { Config } from './config';
import type { Translate } from './i18n';
import type { Place } from './place';
import type { Registry, SocketMessage } from './registry';
import type { Store } from './state';

export interface Context extends Place {
  registry: Registry;
  store: Store;
  /** The plugin's own routes. */
  api: Api;
  /** Mattermost's API, below `/api/v4`. */
  server: Api;
  /** What the server said of its settings. When that changes, parts are stopped and started with the new one. */
  config: Config;
  t: Translate;
  /**
   * Loads `src/lazy/<name>.ts`, once. What is loaded has its own copies of our modules: it takes `api`, `t` and the rest
   * from the context that it is given. Rejects with an error in words.
   */
  load<T>(name: string): Promise<T>;
  /** The address of a file of public/. */
  file(name: string): string;
  /**
   * Listens to what the plugin's server publishes to browsers under a name, until the part is stopped. To be used in place
   * of the registry's methods: Mattermost keeps one handler for each event and one for reconnecting, not one for each part.
   */
  onMessage(event: string, handler: (message: SocketMessage) => void): void;
  /**
   * Calls the handler when the connection to the server was gone and is there again, until the part is stopped: some seconds later, not
   * at the same moment as on everybody else's page.
   */
  onReconnect(handler: () => void): void;
  /** Opens another panel, or whatever another part offers, by name: see `offers`. Answers whether there was one. */
  call(offer: string, ...values: readonly unknown[]): boolean;
  /** Offers something to other parts under a name, until the part is stopped. */
  offer(name: string, what: (...values: readonly unknown[]) => void): void;
}

/** A part that cannot be started is left out, and the others go on. */
export interface Part {
  start(context: Context): void;
  /** Takes back everything that `start` did. */
  stop(): void;
  /** Whether it would disturb somebody to stop it now, as in a call. New settings then wait. */
  busy?(): boolean;
}
