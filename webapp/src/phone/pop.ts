// Which calls pop up, and which pages of callers open by themselves.

import { read, write } from '../kept';
import type { Line, Call, Ring } from './types';

/** So long after it began to ring a page is of no use any more, in milliseconds. */
export const OLD = 30_000;
/** The most calls that are shown at once, the most pages that wait, and the most ids that are remembered. */
export const MAX_POPS = 5;
const MAX_WAITING = 5;
const MAX_KNOWN = 100;
const KNOWN = 'switchboard-phone-rings';
const WAY = 'switchboard-phone-pages';

/** How a caller's page opens: by a click alone, in a window of the page itself, in a window of its own. */
export const WAYS = ['link', 'here', 'window'] as const;
export type Way = (typeof WAYS)[number];

export interface Pop {
  line: string;
  call: Call;
  /** The caller's page, if there is one. */
  url: string | undefined;
}

export class Pops {
  private readonly closed = new Set<number>();
  private readonly known: Set<number>;
  /** Pages that wait to be shown here, the oldest first. */
  waiting: readonly Ring[] = [];

  constructor() {
    let ids: unknown = [];
    try {
      ids = JSON.parse(read(() => window.sessionStorage, KNOWN) ?? '[]');
    } catch {
      // Somebody else's, then.
    }
    this.known = new Set(Array.isArray(ids) ? ids.filter((id): id is number => typeof id === 'number') : []);
  }

  get way(): Way {
    const kept = read(() => window.localStorage, WAY);
    return WAYS.find((way) => way === kept) ?? 'link';
  }

  set way(way: Way) {
    write(() => window.localStorage, WAY, way);
  }

  /** The calls that pop up: those that ring at one's own lines, unless one closed them. Nothing pops up while one is not to be disturbed. */
  shown(lines: readonly Line[], rings: readonly Ring[], quiet: boolean): readonly Pop[] {
    const ringing = lines.flatMap((line) => line.calls.filter((call) => call.state === 'ringing' && call.direction === 'incoming').map((call) => ({ line: line.user, call })));
    for (const id of this.closed) if (!ringing.some(({ call }) => call.id === id)) this.closed.delete(id);
    if (quiet) return [];
    const open = ringing.filter(({ call }) => !this.closed.has(call.id));
    return open.slice(0, MAX_POPS).map(({ line, call }) => ({ line, call, url: pageOf(line, call, rings) }));
  }

  close(id: number): void {
    this.closed.add(id);
  }

  /** The pages that are to open now, each once. `now` is the server's time. */
  opens(rings: readonly Ring[], isOwn: (line: string | null | undefined) => boolean, quiet: boolean, now: number): readonly Ring[] {
    const fresh = rings.filter((ring) => !this.known.has(ring.id));
    for (const ring of fresh) this.remember(ring.id);
    if (quiet || this.way === 'link') return [];
    return fresh.filter((ring) => isOwn(ring.line) && now - ring.at <= OLD && isPage(ring.url));
  }

  /** Lets a page wait to be shown here. */
  wait(ring: Ring): void {
    this.waiting = [...this.waiting, ring].slice(-MAX_WAITING);
  }

  /** The page that is shown is closed. */
  next(): void {
    this.waiting = this.waiting.slice(1);
  }

  private remember(id: number): void {
    this.known.add(id);
    for (const oldest of this.known) {
      if (this.known.size <= MAX_KNOWN) break;
      this.known.delete(oldest);
    }
    write(() => window.sessionStorage, KNOWN, JSON.stringify([...this.known]));
  }
}

function isPage(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

/** The newest page that was told for a line since the call began. A little before counts: the page may be told first. */
function pageOf(line: string, call: Call, rings: readonly Ring[]): string | undefined {
  const own = rings.filter((ring) => ring.line === line && ring.at >= call.began - 2_000 && isPage(ring.url));
  return own[own.length - 1]?.url;
}

/** Whether a page may be shown in a frame: hosts as a Content-Security-Policy has them, such as `*.example.org` or `10.1.2.3:8080`. */
export function mayFrame(url: string, hosts: readonly string[]): boolean {
  let page: URL;
  try {
    page = new URL(url);
  } catch {
    return false;
  }
  const usual = page.protocol === 'https:' ? '443' : '80';
  return hosts.some((host) => {
    const [, scheme, any, name = '', port] = /^(?:(https?):\/\/)?(\*\.)?(\[[^\]]*\]|[^:/]+)(?::(\d+|\*))?\/?$/i.exec(host) ?? [];
    if (scheme && `${scheme.toLowerCase()}:` !== page.protocol) return false;
    if (port !== '*' && (port ?? usual) !== (page.port || usual)) return false;
    const wanted = name.toLowerCase();
    return any ? page.hostname.endsWith(`.${wanted}`) : page.hostname === wanted;
  });
}
