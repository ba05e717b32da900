// What tests of a visit need: a server, a node and a browser that are theirs to play.

import { afterEach, beforeEach, vi } from 'vitest';
import type { SocketMessage } from '../../registry';
import { fakeContext } from '../../testing';
import type { Person } from './machine';
import type { Heard } from './node';
import { Session, type Dial } from './session';

export const ANSWER = {
  conference: { origin: 'https://meet.example.com', node: 'meet.example.com', alias: 'town', displayName: 'Me', sip: 'town@example.com', pin: '0123', host: true, membersHost: true, window: null },
  participation: 'p1',
  beat: 30,
};

export const person = (more: Partial<Person> = {}): Person => ({
  id: 'me', name: 'Me', isMe: true, isHost: true, isMuted: false, isMutedByHost: false, handRaised: false, isCameraMuted: false, isPresenting: false, isWaiting: false, ...more,
});

export class Track extends EventTarget {
  enabled = true;
  stopped = false;
  constructor(readonly kind: 'audio' | 'video') {
    super();
  }
  stop() {
    this.stopped = true;
  }
}

/** A session whose server answers with `answers` by path, and whose node is ours to play. */
export function play(answers: Record<string, () => Promise<unknown>> = {}) {
  const asked: [string, unknown][] = [];
  const post = vi.fn((path: string, body: unknown) => {
    asked.push([path.replace('/api/v1/video/', ''), body]);
    const answer = answers[path.replace('/api/v1/video/', '')];
    return answer ? answer() : Promise.resolve(path.endsWith('join') ? ANSWER : undefined);
  });
  type Does = Record<'join' | 'leave' | 'send' | 'mute' | 'raiseHand', ReturnType<typeof vi.fn>>;
  const calls: (Does & { heard: Heard })[] = [];
  const dial = (_room: unknown, heard: Heard) => {
    const yes = () => vi.fn(() => Promise.resolve(true));
    const call = { heard, join: vi.fn(() => Promise.resolve()), send: vi.fn(), share: vi.fn(), stopSharing: vi.fn(), tellMuted: vi.fn(), tellCameraMuted: vi.fn(),
      admit: yes(), mute: yes(), raiseHand: yes(), remove: yes(), lock: yes(), leave: vi.fn(() => Promise.resolve()), leaveAtUnload: vi.fn() };
    calls.push(call);
    return call;
  };
  const told = new Map<string, (message: SocketMessage) => void>();
  const context = fakeContext({ onMessage: (event, handler) => void told.set(event, handler) });
  const hears = (event: string, data: SocketMessage['data']) => told.get(event)?.({ event, data });
  const session = new Session({ ...context, api: { ...context.api, post: post as typeof context.api.post } }, dial as unknown as Dial);
  const paths = () => asked.map(([path]) => path);
  return { session, calls, asked, paths, hears, at: () => session.state.phase.at };
}

/** Cameras and microphones that were taken. */
export let tracks: Track[] = [];

/** A browser with a camera and a microphone, and a clock of ours, for every test of a file. */
export function stage(): void {
  beforeEach(begin);
  afterEach(() => {
    vi.useRealTimers();
    localStorage.clear();
  });
}

function begin() {
  tracks = [];
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', class {
    constructor(readonly tracks: unknown[]) {}
  });
  vi.stubGlobal('Audio', class {
    srcObject = null;
    play = () => Promise.resolve();
  });
  const getUserMedia = ({ audio }: MediaStreamConstraints) => {
    const track = new Track(audio ? 'audio' : 'video');
    tracks.push(track);
    return Promise.resolve({ getTracks: () => [track] });
  };
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: Object.assign(new EventTarget(), { getUserMedia, enumerateDevices: () => Promise.resolve([]) }) });
}

/** Joins, and is let in. */
export async function inCall(played: ReturnType<typeof play>) {
  await played.session.open('town');
  await played.session.join();
  played.calls[0]?.heard.admitted(true);
  await vi.advanceTimersByTimeAsync(0);
}
