// Joining a conference, as the server has it; what both the window and the panel do.

import type { SocketMessage } from '../registry';

export interface Conference {
  origin: string;
  node: string;
  alias: string;
  displayName: string;
  /** `alias@domain`, for SIP devices. */
  sip: string;
  /** The host's PIN, for those who may host. */
  pin: string | null;
  host: boolean;
  /** Whether each member of the channel who is no guest hosts; else its administrators alone do. */
  membersHost: boolean;
  /** The address of Web App 3 with all that in it; null where calls are embedded only. */
  window: string | null;
}

/** What POST /api/v1/video/join answers. */
export interface Joined {
  conference: Conference;
  /** Names this stay of this tab. */
  participation: string;
  /** How often to say that it goes on, in seconds. */
  beat: number;
}

/** The code of the answer to who is in it in another tab already. */
export const ELSEWHERE = 'elsewhere';

/** What the server publishes to somebody whose other window or device took a stay over. */
export const TAKEN_OVER = 'video_taken_over';

/** Whether it is this stay that was taken over. */
export function isTakenOver({ data }: SocketMessage, participation: string): boolean {
  return Array.isArray(data.participations) && data.participations.includes(participation);
}

/** How long a node may take to answer, in milliseconds: browsers let a click open a window for five seconds. */
export const REACHABLE_WITHIN = 4_000;

/**
 * Whether the node answers this browser at all. What it answers cannot be read from another site's page, and need not be: a
 * node that is down, a name that is none and a certificate that is not trusted are told from one that answers.
 */
export async function isReachable(origin: string): Promise<boolean> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), REACHABLE_WITHIN);
  try {
    await fetch(`${origin}/api/client/v2/status`, { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: given.signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** A name for this tab, for the server to tell it from others. */
export function tabId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
