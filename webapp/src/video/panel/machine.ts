// What the panel shows, and what changes it: no React, no browser, no clock.

import type { Conference } from '../call';
import type { Problem } from '../problems';

/** What goes on with a remark; each has a text `video.notice.<code>`. */
export type Notice =
  | 'no_permission' | 'insecure' | 'no_camera' | 'no_microphone' | 'no_devices' | 'in_use' | 'camera_gone' | 'microphone_gone' | 'share_failed' | 'control_failed'
  | 'pop_out_failed' | 'background_failed' | 'background_lost' | 'picture_failed' | Passing;

/** What was done, and need not be said for long. */
export type Passing = 'copied' | 'heard_again' | 'own_microphone';

const PASSING: readonly (Notice | null)[] = ['copied', 'heard_again', 'own_microphone'] satisfies readonly Passing[];

export function isPassing(notice: Notice | null): boolean {
  return PASSING.includes(notice);
}

/** Why a PIN is to be entered: the node asks; what was typed is not it; that of the plugin's settings is not it; those have none. */
export type PinWanted = 'asked' | 'wrong' | 'settings' | 'unset';

/** Whom a lock stops: who is no member of the channel; whoever does not administer it, too; everybody. */
export type Lock = 'guests' | 'others' | 'everybody';

export interface Person {
  id: string;
  name: string;
  isMe: boolean;
  isHost: boolean;
  /** By themselves: nobody else can change that. */
  isMuted: boolean;
  isMutedByHost: boolean;
  handRaised: boolean;
  isCameraMuted: boolean;
  isPresenting: boolean;
  isWaiting: boolean;
}

export type Phase =
  | { at: 'preview' }
  | { at: 'joining' }
  | { at: 'elsewhere' }
  | { at: 'pin'; why: PinWanted }
  | { at: 'waiting' }
  | { at: 'call' }
  /** Why is null for who left; `text` is what the server or the node said of it, in their words. */
  | { at: 'ended'; why: Problem | null; text: string };

export interface State {
  channelId: string;
  phase: Phase;
  audioMuted: boolean;
  videoMuted: boolean;
  people: readonly Person[];
  /** Whether somebody else was in it while we were. */
  hadOthers: boolean;
  /** Our own screen. */
  sharing: 'no' | 'starting' | 'yes';
  /** Who presents to us. */
  presenter: string | null;
  locked: boolean;
  /** Whom a lock stops. */
  lock: Lock;
  /** Whether guests whom a host muted may unmute themselves; hosts may. */
  guestsCanUnmute: boolean;
  /** Another channel, whose conference was asked for while this one goes on. */
  wanted: string | null;
  /** The way to the node is being found anew. */
  reconnecting: boolean;
  /** Mattermost does not answer; the call goes on. */
  serverGone: boolean;
  notice: Notice | null;
  /** Whom the notice is about. */
  about: string;
  /** The address for telephones. */
  sip: string;
}

export type Event =
  | { type: 'open'; channelId: string }
  | { type: 'join' }
  | { type: 'elsewhere' }
  | { type: 'pin'; why: PinWanted }
  | { type: 'conference'; sip: string; lock: Lock }
  | { type: 'stay' }
  | { type: 'waiting' }
  | { type: 'in' }
  | { type: 'people'; people: readonly Person[] }
  | { type: 'audio'; muted: boolean }
  | { type: 'video'; muted: boolean }
  | { type: 'sharing'; sharing: State['sharing'] }
  | { type: 'presenter'; name: string | null }
  | { type: 'rules'; locked: boolean; guestsCanUnmute: boolean }
  | { type: 'reconnecting'; is: boolean }
  | { type: 'server'; gone: boolean }
  | { type: 'notice'; notice: Notice | null; about?: string }
  | { type: 'ended'; why: Problem | null; text?: string };

export function initial(channelId = ''): State {
  return {
    channelId,
    phase: { at: 'preview' },
    audioMuted: false,
    videoMuted: false,
    people: [],
    hadOthers: false,
    sharing: 'no',
    presenter: null,
    locked: false,
    lock: 'guests',
    guestsCanUnmute: false,
    wanted: null,
    reconnecting: false,
    serverGone: false,
    notice: null,
    about: '',
    sip: '',
  };
}

/** Whether something would be lost by another room being opened. */
export function busy({ phase }: State): boolean {
  return ['joining', 'pin', 'waiting', 'call'].includes(phase.at);
}

/** Ourselves, as the node has us. */
export function me({ people }: State): Person | undefined {
  return people.find((person) => person.isMe);
}

/** Whether we may take it back that a host muted us. */
export function mayUnmute(state: State): boolean {
  return me(state)?.isHost === true || state.guestsCanUnmute;
}

/** Whom a lock stops: hosts come in by their PIN, and where there is none, nobody does. */
export function lockOf({ pin, host, membersHost }: Pick<Conference, 'pin' | 'host' | 'membersHost'>): Lock {
  if (host && pin === null) return 'everybody';
  return membersHost ? 'guests' : 'others';
}

/** One remark of two, where neither microphone nor camera can be had. */
export function together(microphone: Notice | null, camera: Notice | null): Notice | null {
  if (microphone === 'no_microphone' && camera === 'no_camera') return 'no_devices';
  return microphone ?? camera;
}

/** Whether the node has us, so that what it tells concerns us. */
function isIn({ phase }: State): boolean {
  return phase.at === 'waiting' || phase.at === 'call';
}

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'open':
      // A call goes on, whatever channel is looked at.
      if (busy(state)) return { ...state, wanted: event.channelId === state.channelId ? null : event.channelId };
      return { ...initial(event.channelId), audioMuted: state.audioMuted, videoMuted: state.videoMuted };
    case 'stay':
      return { ...state, wanted: null };
    case 'join':
      return busy(state) && state.phase.at !== 'pin' ? state : { ...state, phase: { at: 'joining' }, notice: null };
    case 'elsewhere':
      return state.phase.at === 'joining' ? { ...state, phase: { at: 'elsewhere' } } : state;
    case 'pin':
      return state.phase.at === 'joining' ? { ...state, phase: { at: 'pin', why: event.why } } : state;
    case 'conference':
      return { ...state, sip: event.sip, lock: event.lock };
    case 'waiting':
      return state.phase.at === 'joining' ? { ...state, phase: { at: 'waiting' } } : state;
    case 'in':
      return state.phase.at === 'joining' || state.phase.at === 'waiting' ? { ...state, phase: { at: 'call' } } : state;
    case 'people': {
      const now = { ...state, people: event.people, hadOthers: state.hadOthers || event.people.some((person) => !person.isMe && !person.isWaiting) };
      const is = me(now)?.isMutedByHost === true;
      if (me(state)?.isMutedByHost === true && !is && !state.audioMuted) return { ...now, notice: 'heard_again' };
      return is && state.notice === 'heard_again' ? { ...now, notice: null } : now;
    }
    case 'audio':
      return { ...state, audioMuted: event.muted };
    case 'video':
      return { ...state, videoMuted: event.muted };
    case 'sharing':
      return isIn(state) || event.sharing === 'no' ? { ...state, sharing: event.sharing } : state;
    case 'presenter':
      return { ...state, presenter: isIn(state) ? event.name : null };
    case 'rules':
      return { ...state, locked: event.locked, guestsCanUnmute: event.guestsCanUnmute };
    case 'reconnecting':
      return { ...state, reconnecting: isIn(state) && event.is };
    case 'server':
      return { ...state, serverGone: event.gone };
    case 'notice':
      return { ...state, notice: event.notice, about: event.about ?? '' };
    case 'ended': {
      if (state.phase.at === 'ended') return state;
      const { channelId, audioMuted, videoMuted, sip } = state;
      return { ...initial(channelId), audioMuted, videoMuted, sip, phase: { at: 'ended', why: event.why, text: event.text ?? '' } };
    }
  }
}
