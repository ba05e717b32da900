// What went wrong with a conference, and what the words for it are.

import type { Key, Translate } from '../i18n';

/** What the server refuses. */
type Refusal = 'not_member' | 'archived' | 'not_allowed' | 'off' | 'too_often' | 'refused' | 'server' | 'own';

/**
 * What went wrong, or how a call ended; each has a text `video.problem.<code>`. Of `refused`, `server` and `other` nothing else is known than
 * what the server or the node said of it; what is `own` came with words of ours, in the reader's language.
 */
export type Problem =
  | Refusal | 'wrong_pin' | 'no_room' | 'unreachable' | 'no_answer' | 'unavailable' | 'failed' | 'full' | 'locked' | 'not_admitted' | 'ended' | 'removed' | 'expired' | 'media'
  | 'taken_over' | 'sign_in' | 'other';

/** Those that are known by what the server or the node said alone. */
const GENERAL: readonly Problem[] = ['refused', 'server', 'other'];

/** What another try may find gone, without anything being changed. */
const PASSING: readonly (Problem | null)[] = ['unreachable', 'no_answer', 'unavailable', 'failed', 'expired', 'server', 'own'] satisfies readonly Problem[];

export function mayPass(problem: Problem | null): boolean {
  return PASSING.includes(problem);
}

/** The reader's words for a problem, and behind them those of the server or the node, where nothing else tells what it was. */
export function wordsOf(why: Problem, text: string, t: Translate): { words: string; more: string } {
  if (why === 'own') return { words: text, more: '' };
  return { words: t(`video.problem.${why}` satisfies Key), more: GENERAL.includes(why) ? text : '' };
}

/** What went wrong with a request, as `api.ts` has it; its class is of another copy in files that are loaded later. A status of -1: it is no such error. */
export function statusOf(error: unknown): { status: number; code: string; text: string } {
  const told = error as { status?: number; code?: string; message?: string };
  return { status: told.status ?? -1, code: told.code ?? '', text: told.message ?? '' };
}

/** The codes with which the server says why somebody does not come into a conference, or not any longer. */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([['not_member', 'not_member'], ['archived', 'archived'], ['not_allowed', 'not_allowed'], ['off', 'off']]);

/** Why the server did not do what it was asked for. */
export function refusalOf(error: unknown): { why: Refusal; text: string } {
  const { status, code, text } = statusOf(error);
  const known = REFUSALS.get(code);
  if (known) return { why: known, text };
  if (status === 0) return { why: 'own', text };
  if (status === 429) return { why: 'too_often', text };
  return { why: status === 403 ? 'refused' : 'server', text };
}

/** The reasons and errors of Pexip Infinity (its "Error codes" `#pex…`, as `@pexip/infinity` has them) that have words of ours. */
const PROBLEMS: Readonly<Record<string, Problem | undefined>> = {
  '#pex101': 'wrong_pin',
  '#pex192': 'wrong_pin',
  '#pex154': 'no_room',
  '#pex157': 'no_room',
  '#pex109': 'full',
  '#pex114': 'full',
  '#pex194': 'full',
  '#pex195': 'full',
  '#pex126': 'not_admitted',
  '#pex120': 'ended',
  '#pex121': 'ended',
  '#pex125': 'ended',
  '#pex140': 'ended',
  '#pex141': 'ended',
  '#pex142': 'ended',
  '#pex122': 'removed',
  '#pex123': 'removed',
  '#pex124': 'removed',
  '#pex113': 'expired',
  '#pex111': 'unreachable',
  '#pex110': 'unavailable',
  '#pex112': 'unavailable',
  '#pex116': 'unavailable',
  '#pex191': 'unavailable',
  '#pex119': 'failed',
  '#pex129': 'failed',
  '#pex128': 'media',
  '#pex130': 'media',
  '#pex131': 'media',
  '#pex196': 'media',
};

/** What begins with these words, in small letters, has no code of its own: `@pexip/infinity` gives all of it `#pex117`, or that of something else. */
const BEGINNINGS: readonly (readonly [string, Problem])[] = [
  ['conference terminated', 'ended'],
  ['conference is locked', 'locked'],
  ['service unavailable', 'unavailable'],
  // Any answer that is none of the documented ones, as a 500; or none at all.
  ['could not execute critical network action', 'failed'],
  ['could not reconnect', 'expired'],
  ['could not find ice candidates', 'media'],
  ['webrtc connection', 'media'],
];

/** What an error of the node's means. Some reasons share a code. */
export function problemOf(code: string, text = ''): Problem {
  const small = text.toLowerCase();
  return BEGINNINGS.find(([words]) => small.startsWith(words))?.[1] ?? PROBLEMS[code] ?? 'other';
}
