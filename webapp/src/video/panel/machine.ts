// What the panel shows, and what changes it: no React, no browser, no clock.

/** What went wrong, or how a call ended; each has a text `video.problem.<code>`. */
export type Problem =
  | 'wrong_pin' | 'no_room' | 'unreachable' | 'full' | 'not_admitted' | 'ended' | 'removed' | 'expired' | 'media' | 'taken_over' | 'sign_in' | 'other';

/** What goes on with a remark; each has a text `video.notice.<code>`. */
export type Notice =
  | 'no_permission' | 'no_camera' | 'no_microphone' | 'in_use' | 'camera_gone' | 'microphone_gone' | 'muted_by_host' | 'share_failed' | 'copied' | 'control_failed'
  | 'pop_out_failed' | 'background_failed' | 'background_lost' | 'picture_failed';

export interface Person {
  id: string;
  name: string;
  isMe: boolean;
  isHost: boolean;
  isMuted: boolean;
  isCameraMuted: boolean;
  isPresenting: boolean;
  isWaiting: boolean;
}

export type Phase =
  | { at: 'preview' }
  | { at: 'joining' }
  | { at: 'elsewhere' }
  | { at: 'pin'; wrong: boolean }
  | { at: 'waiting' }
  | { at: 'call' }
  /** `text` is what the server or the node said, where `why` alone does not tell. */
  | { at: 'ended'; why: Problem | null; text: string };

export interface State {
  channelId: string;
  phase: Phase;
  audioMuted: boolean;
  videoMuted: boolean;
  people: readonly Person[];
  /** Our own screen. */
  sharing: 'no' | 'starting' | 'yes';
  /** Who presents to us. */
  presenter: string | null;
  locked: boolean;
  /** The way to the node is being found anew. */
  reconnecting: boolean;
  /** Mattermost does not answer; the call goes on. */
  serverGone: boolean;
  notice: Notice | null;
  /** The address for telephones. */
  sip: string;
}

export type Event =
  | { type: 'open'; channelId: string }
  | { type: 'join' }
  | { type: 'elsewhere' }
  | { type: 'pin'; wrong: boolean }
  | { type: 'conference'; sip: string }
  | { type: 'waiting' }
  | { type: 'in' }
  | { type: 'people'; people: readonly Person[] }
  | { type: 'audio'; muted: boolean }
  | { type: 'video'; muted: boolean }
  | { type: 'sharing'; sharing: State['sharing'] }
  | { type: 'presenter'; name: string | null }
  | { type: 'locked'; locked: boolean }
  | { type: 'reconnecting'; is: boolean }
  | { type: 'server'; gone: boolean }
  | { type: 'notice'; notice: Notice | null }
  | { type: 'ended'; why: Problem | null; text?: string };

export function initial(channelId = ''): State {
  return {
    channelId,
    phase: { at: 'preview' },
    audioMuted: false,
    videoMuted: false,
    people: [],
    sharing: 'no',
    presenter: null,
    locked: false,
    reconnecting: false,
    serverGone: false,
    notice: null,
    sip: '',
  };
}

/** Whether something would be lost by another room being opened. */
export function busy({ phase }: State): boolean {
  return ['joining', 'pin', 'waiting', 'call'].includes(phase.at);
}

/** Whether the node has us, so that what it tells concerns us. */
function isIn({ phase }: State): boolean {
  return phase.at === 'waiting' || phase.at === 'call';
}

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'open':
      // A call goes on, whatever channel is looked at.
      return busy(state) ? state : { ...initial(event.channelId), audioMuted: state.audioMuted, videoMuted: state.videoMuted };
    case 'join':
      return busy(state) && state.phase.at !== 'pin' ? state : { ...state, phase: { at: 'joining' }, notice: null };
    case 'elsewhere':
      return state.phase.at === 'joining' ? { ...state, phase: { at: 'elsewhere' } } : state;
    case 'pin':
      return state.phase.at === 'joining' ? { ...state, phase: { at: 'pin', wrong: event.wrong } } : state;
    case 'conference':
      return { ...state, sip: event.sip };
    case 'waiting':
      return state.phase.at === 'joining' ? { ...state, phase: { at: 'waiting' } } : state;
    case 'in':
      return state.phase.at === 'joining' || state.phase.at === 'waiting' ? { ...state, phase: { at: 'call' } } : state;
    case 'people': {
      const me = event.people.find((person) => person.isMe);
      const before = state.people.find((person) => person.isMe);
      const muted = me?.isMuted === true && before?.isMuted === false && !state.audioMuted;
      const isOver = state.notice === 'muted_by_host' && me?.isMuted === false;
      return { ...state, people: event.people, notice: muted ? 'muted_by_host' : isOver ? null : state.notice };
    }
    case 'audio':
      return { ...state, audioMuted: event.muted };
    case 'video':
      return { ...state, videoMuted: event.muted };
    case 'sharing':
      return isIn(state) || event.sharing === 'no' ? { ...state, sharing: event.sharing } : state;
    case 'presenter':
      return { ...state, presenter: isIn(state) ? event.name : null };
    case 'locked':
      return { ...state, locked: event.locked };
    case 'reconnecting':
      return { ...state, reconnecting: isIn(state) && event.is };
    case 'server':
      return { ...state, serverGone: event.gone };
    case 'notice':
      return { ...state, notice: event.notice };
    case 'ended': {
      if (state.phase.at === 'ended') return state;
      const { channelId, audioMuted, videoMuted, sip } = state;
      return { ...initial(channelId), audioMuted, videoMuted, sip, phase: { at: 'ended', why: event.why, text: event.text ?? '' } };
    }
  }
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
  '#pex112': 'unreachable',
  '#pex116': 'unreachable',
  '#pex128': 'media',
  '#pex130': 'media',
  '#pex131': 'media',
  '#pex196': 'media',
};

/** What an error of the node's means. Some reasons share a code. */
export function problemOf(code: string, text = ''): Problem {
  if (text.startsWith('Conference terminated')) return 'ended';
  return PROBLEMS[code] ?? 'other';
}
