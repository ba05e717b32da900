// Requests to the plugin's own routes.

import type { Translate } from './i18n';
import { ownPath, type Place } from './place';

/** How long an answer may take, in milliseconds. */
export const PATIENCE = 30_000;

/** What went wrong with a request; `message` is for whoever made it, in words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    /** The status of the answer; 0 where none came. */
    readonly status: number,
    /** The answer's `code`, where it has one, such as `elsewhere`. */
    readonly code = '',
  ) {
    super(message);
  }
}

export interface Api {
  /** GETs JSON. Throws an `ApiError`. */
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** POSTs JSON and answers JSON, or undefined where the answer is empty. Throws an `ApiError`. */
  post<T = unknown>(path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
  /** POSTs JSON as the page goes away: nobody learns what came of it. */
  postAtUnload(path: string, body: unknown): void;
}

/** The token against forgery, which Mattermost gives to its own pages in a cookie. */
function forgeryToken(): string {
  const found = /(?:^|;\s*)MMCSRF=([^;]*)/.exec(document.cookie);
  return found?.[1] ?? '';
}

function headers(): Record<string, string> {
  return { 'X-CSRF-Token': forgeryToken(), 'X-Requested-With': 'XMLHttpRequest' };
}

function textOf(body: unknown, key: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Requests below `/plugins/<id>`; paths begin with a slash. */
export function api(place: Place, t: Translate): Api {
  return requests((path) => ownPath(place, path), t);
}

/** Requests to Mattermost's own API, below `/api/v4`. */
export function serverApi({ base }: Place, t: Translate): Api {
  return requests((path) => `${base}/api/v4${path}`, t);
}

function requests(address: (path: string) => string, t: Translate): Api {
  function wordsFor(status: number): string {
    if (status === 401) return t('error.signed_out');
    if (status === 403) return t('error.forbidden');
    return t('error.server', { status });
  }

  async function ask(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<unknown> {
    const given = new AbortController();
    const stop = () => given.abort();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const timer = setTimeout(stop, PATIENCE);
    try {
      const answer = await fetch(address(path), { credentials: 'same-origin', ...init, signal: given.signal });
      const text = await answer.text();
      let body: unknown;
      try {
        body = text === '' ? undefined : JSON.parse(text);
      } catch {
        // A proxy's page of an error, say. From a route of ours that went well there is JSON.
        throw new ApiError(wordsFor(answer.status), answer.status);
      }
      if (!answer.ok) throw new ApiError(textOf(body, 'error') || textOf(body, 'message') || wordsFor(answer.status), answer.status, textOf(body, 'code'));
      return body;
    } catch (error) {
      if (error instanceof ApiError || signal?.aborted) throw error;
      throw new ApiError(t(given.signal.aborted ? 'error.slow' : 'error.unreachable'), 0);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  function sent(body: unknown): RequestInit {
    const type = { 'Content-Type': 'application/json' };
    return { method: 'POST', headers: { ...headers(), ...type }, body: JSON.stringify(body ?? {}) };
  }

  return {
    get: <T>(path: string, signal?: AbortSignal) => ask(path, { headers: headers() }, signal) as Promise<T>,
    post: <T>(path: string, body?: unknown, signal?: AbortSignal) => ask(path, sent(body), signal) as Promise<T>,
    postAtUnload: (path, body) => {
      // sendBeacon cannot send the header against forgery.
      fetch(address(path), { credentials: 'same-origin', keepalive: true, ...sent(body) }).catch(() => undefined);
    },
  };
}

/** What to tell of an error that was caught. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
