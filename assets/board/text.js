// Words, times and names, as the page's language has them.

export const words = JSON.parse(document.getElementById('words').textContent);
const language = document.documentElement.lang;
const zone = document.body.dataset.zone || 'UTC';

/** A text with what is to be put into it. */
export const say = (name, put = {}) =>
  words[name].replace(/\{(\w+)\}/g, (brace, key) => (key in put ? String(put[key]) : brace));

/** How long something lasts, in milliseconds: 0:07, 12:30, 1:02:03, 3 days. */
export function duration(millis) {
  if (millis === null || millis === undefined) return '–';
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const days = Math.floor(seconds / 86400);
  if (days > 0) return days === 1 ? words.one_day : say('days', { count: days });
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const clocks = (options) => {
  try {
    return new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
  }
};
const hours = clocks({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const days = clocks({ day: 'numeric', month: 'long' });

/** 14:05, where the board is. */
export const clock = (at) => hours.format(at);

/** 14:05, and with its date where that is not today's. */
export function moment(at, now) {
  const day = days.format(at);
  return day === days.format(now) ? clock(at) : `${day}, ${clock(at)}`;
}

/** A share, or a dash where there is none. */
export const percent = (share) => (share === null ? '–' : say('percent', { count: share }));

/** The longest text of somebody else's that is shown, in characters. The server sends no longer ones. */
const MAX_CHARS = 64;
// Controls and what turns the direction of text around.
const INVISIBLE = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

/** Somebody else's text, of one line. */
export function plain(text) {
  const clean = String(text).replace(INVISIBLE, '');
  if (clean.length <= MAX_CHARS) return clean;
  const chars = Array.from(clean);
  return chars.length <= MAX_CHARS ? clean : `${chars.slice(0, MAX_CHARS - 1).join('')}…`;
}

/** What is sorted: digits by their value, letters by the language's order. */
export const collator = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });

/**
 * A peer's number in one form, wherever it came from: the international one where that is known, or where it came with 00 instead of +;
 * else as it came. The server writes it so, too.
 */
export const peerNumber = (peer) => (peer.international || peer.number || '').replace(/^00(?=[1-9].{5})/, '+');

/** Whom a peer is, or nothing. */
export const peerName = (peer) => (peer && (peer.name || peer.label || peerNumber(peer))) || '';
