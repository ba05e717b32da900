// Names, numbers and times as people read them.

import type { Ended, Line, Peer } from './types';

/** The longest text of somebody else's that is shown, in characters. */
const MAX_CHARS = 64;
/** Controls, and what turns the direction of text around. */
const INVISIBLE = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

/** Somebody else's text, of one line. */
export function plain(text: string): string {
  const chars = Array.from(text.replace(INVISIBLE, ''));
  return chars.length <= MAX_CHARS ? chars.join('') : `${chars.slice(0, MAX_CHARS - 1).join('')}…`;
}

/** A name as the server compares it: in lower case, without the `@` before it. */
export function fold(name: string): string {
  return name.trim().replace(/^@/, '').toLowerCase();
}

/** 0:07, 12:30, 1:02:03. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number: number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** 14:05, and with its date where that is not today's. */
export function moment(at: number, now: number, locale: string): string {
  const format = (options: Intl.DateTimeFormatOptions) => {
    try {
      return new Intl.DateTimeFormat(locale, options).format(at);
    } catch {
      return new Intl.DateTimeFormat('en', options).format(at);
    }
  };
  const time = format({ hour: '2-digit', minute: '2-digit' });
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return today ? time : `${format({ day: 'numeric', month: 'short' })}, ${time}`;
}

/** Whom a peer is; empty where nobody knows. */
export function peerName(peer: Peer | null | undefined): string {
  return plain(peer?.name ?? peer?.label ?? peer?.number ?? '');
}

/** The peer's number, where it is not what is shown already. */
export function peerNumber(peer: Peer | null | undefined): string {
  const number = plain(peer?.number ?? '');
  return number === peerName(peer) ? '' : number;
}

/** What to dial to call them; empty where nobody knows, or the board hides it (docs/board.md, BoardNumbers). */
export function dialable(peer: Peer | null | undefined): string {
  if (peer?.name) return peer.name;
  const number = peer?.international ?? peer?.number ?? '';
  return /\d/.test(number) && !number.includes('•') ? number : '';
}

export type LineState = 'gone' | 'ringing' | 'calling' | 'talking' | 'held' | 'dnd' | 'busy' | 'unreachable' | 'off_hook' | 'unknown' | 'free';

/** Whether somebody tells of it who is there. Of what nobody else told, nobody knows how it is now. */
export function isToldBy(told: { sources: readonly string[] }, gone: ReadonlySet<string>): boolean {
  return told.sources.length === 0 || told.sources.some((source) => !gone.has(source));
}

/** What a line is now: its call, or what the PBX says of its device, or what the phone said; unknown while one of those who tell of it is gone. */
export function lineState(line: Line, gone: ReadonlySet<string>): LineState {
  const isKnown = !line.sources.some((source) => gone.has(source)) || line.calls.some((call) => isToldBy(call, gone));
  if (!isKnown) return line.dnd ? 'dnd' : 'gone';
  const call = line.calls.find((one) => one.state === 'talking') ?? line.calls.find((one) => one.state === 'ringing') ?? line.calls[0];
  if (call) return call.state === 'ringing' && call.direction === 'outgoing' ? 'calling' : call.state;
  if (line.dnd) return 'dnd';
  if (line.device) return line.device;
  return line.off_hook ? 'off_hook' : 'free';
}

/** Whether nobody answered a call that came in. */
export function isMissed(call: Ended): boolean {
  return call.direction === 'incoming' && (call.ending === 'missed' || call.ending === 'abandoned' || call.ending === 'timedout');
}
