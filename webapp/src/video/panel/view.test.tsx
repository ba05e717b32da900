import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { translator } from '../../i18n';
import { initial, type Person, type State } from './machine';
import { STILL_AFTER } from './parts';
import type { Session } from './session';
import { Panel } from './view';

const ME: Person = { id: 'me', name: 'Me', isMe: true, isHost: true, isMuted: false, isMutedByHost: false, handRaised: false, isCameraMuted: false, isPresenting: false, isWaiting: false };
const ALICE: Person = { ...ME, id: 'a', name: 'Alice', isMe: false };

const place = document.createElement('div');
/** What the panel did. */
let done: string[] = [];
let session: Session & { told: () => void };
let frames = 0;
let locale = 'en';

/** The panel in a call, with a state of ours. */
function show(more: Partial<State>): void {
  const listeners = new Set<() => void>();
  const background = { effects: ['none'], pending: null };
  session = {
    state: { ...initial('town'), phase: { at: 'call' }, ...more },
    devices: { known: [], choice: { camera: '', microphone: '', speaker: '' }, background, audio: {}, video: {} },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    told: () => listeners.forEach((listener) => listener()),
    isPreparing: false,
    unmuteSelf: () => void done.push('unmute'),
    raiseHand: (raise: boolean) => void done.push(`raise ${raise}`),
    change: () => void done.push('change'),
    stay: () => void done.push('stay'),
    leave: () => void done.push('leave'),
    join: () => void done.push('join'),
  } as unknown as typeof session;
  act(() => {
    ReactDOM.render(<Panel session={session} t={translator(() => locale)} title={(id) => `~${id}`} />, place);
  });
}

function now(more: Partial<State>): void {
  act(() => {
    session.state = { ...session.state, ...more };
    session.told();
  });
}

const pass = (milliseconds: number) => act(() => {
  vi.advanceTimersByTime(milliseconds);
});
const stage = () => place.querySelector('.switchboard-video__empty')?.textContent ?? null;
const button = (label: string) => [...place.querySelectorAll('button')].find((one) => one.textContent === label);

beforeEach(() => {
  vi.useFakeTimers();
  frames = 0;
  locale = 'en';
  done = [];
  // jsdom tells of it while React draws, of which React 17 warns.
  Object.defineProperty(HTMLMediaElement.prototype, 'muted', { configurable: true, set: () => undefined });
  Object.assign(HTMLVideoElement.prototype, { getVideoPlaybackQuality: () => ({ totalVideoFrames: frames }) });
});
afterEach(() => {
  act(() => void ReactDOM.unmountComponentAtNode(place));
  vi.useRealTimers();
});

test('the last picture of whoever left or stopped does not stand: it was seen as if it were now', () => {
  show({ people: [ME] });
  expect(stage()).toBe('Nobody else is here yet.');
  now({ people: [ME, ALICE], hadOthers: true });
  for (let times = 0; times < 10; times += 1) {
    frames += 1;
    pass(STILL_AFTER / 4);
  }
  expect(stage()).toBeNull();
  pass(STILL_AFTER * 2);
  expect(stage()).toBe('No picture is coming at the moment.');
  now({ people: [ME, { ...ALICE, isCameraMuted: true }] });
  expect(stage()).toBe('Alice has turned their camera off.');
  frames += 1;
  pass(STILL_AFTER / 2);
  expect(stage()).toBeNull();
  now({ people: [ME] });
  expect(stage()).toBe('Everybody else has left.');
});

test('who was muted by the host reads so, with what makes them heard', () => {
  show({ people: [{ ...ME, isMutedByHost: true }, ALICE] });
  expect(place.textContent).toContain('You can unmute yourself.');
  act(() => button('Unmute myself')?.click());
  now({ people: [{ ...ME, isHost: false, isMutedByHost: true }, ALICE] });
  expect(button('Muted by the host')?.disabled).toBe(true);
  expect(place.textContent).toContain('nobody hears you until a host unmutes you');
  act(() => button('Raise hand')?.click());
  expect(done).toEqual(['unmute', 'raise true']);
  now({ people: [{ ...ME, isHost: false, isMutedByHost: true, handRaised: true }, ALICE] });
  expect([...place.querySelectorAll('li')].map((one) => one.textContent)).toEqual(['Meyoumuted by the hosthand raised', 'Alice']);
  expect(button('Lower hand')).toBeDefined();
  now({ people: [{ ...ME, isHost: false }, ALICE] });
  expect([button('Turn microphone off')?.disabled, button('Lower hand')]).toEqual([false, undefined]);
});

test('hosts unmute whom hosts muted, and see who muted themselves', () => {
  show({ people: [ME, { ...ALICE, isMuted: true }] });
  expect(place.querySelectorAll('li')[1]?.textContent).toBe('Alicemicrophone offMuteRemove');
  now({ people: [ME, { ...ALICE, isMuted: true, isMutedByHost: true }] });
  expect(place.querySelectorAll('li')[1]?.textContent).toBe('Alicemuted by the hostmicrophone offUnmuteRemove');
  now({ notice: 'own_microphone', about: 'Alice' });
  expect(place.textContent).toContain('Alice has muted their own microphone');
});

test('whom a lock stops stands beside it', () => {
  show({ people: [ME], lock: 'guests' });
  expect(place.textContent).toContain('Members of the channel come in all the same');
  now({ locked: true, lock: 'others' });
  expect(button('Unlock the conference')).toBeDefined();
  expect(place.textContent).toContain('Administrators of the channel come in all the same');
  now({ lock: 'everybody' });
  expect(place.textContent).toContain('A lock stops everybody who comes later');
});

test('a wrong PIN of the settings is not called a mistake of whoever typed none', () => {
  show({ phase: { at: 'pin', why: 'settings' } });
  const alert = () => place.querySelector('[role=alert]')?.textContent ?? null;
  expect(alert()).toContain('an administrator should check it');
  now({ phase: { at: 'pin', why: 'wrong' } });
  expect(alert()).toBe('The PIN is not right.');
  now({ phase: { at: 'pin', why: 'unset' } });
  expect(alert()).toContain('settings have none');
  now({ phase: { at: 'pin', why: 'asked' } });
  expect(alert()).toBeNull();
});

test('the preview says how one will be seen and heard, and that one can join without camera and microphone', () => {
  show({ phase: { at: 'preview' } });
  const hint = () => place.querySelector('.switchboard-video__hint')?.textContent ?? '';
  expect(hint()).toBe('The others will see and hear you.');
  now({ audioMuted: true });
  expect(hint()).toBe('The others will see you, and not hear you.');
  Object.assign(session.devices, { audio: undefined, video: undefined });
  now({ audioMuted: true, videoMuted: true, notice: 'no_devices' });
  expect(hint()).toContain('You can join all the same');
  Object.assign(session, { isPreparing: true });
  now({});
  expect(hint()).toContain('Your browser may ask');
});

test('who asks for another conference is told where they are, and may go there', () => {
  show({ people: [ME], wanted: 'lobby' });
  expect(place.textContent).toContain('You are in the video conference of ~town.');
  act(() => button('Stay in it')?.click());
  act(() => button('Leave it and go to ~lobby')?.click());
  expect(done).toEqual(['stay', 'change']);
});

test('what is known by the words of the server or the node alone stands behind words in the reader’s language: it stood there alone', () => {
  locale = 'de';
  show({ phase: { at: 'ended', why: 'server', text: 'something broke' } });
  const alert = () => [...(place.querySelector('[role=alert]')?.children ?? [])].map((one) => one.textContent);
  expect(alert()).toEqual(['Mattermost konnte die Konferenz nicht öffnen.', 'something broke']);
  now({ phase: { at: 'ended', why: 'failed', text: 'Could not execute critical network action' } });
  expect(alert()).toEqual([expect.stringContaining('Der Konferenzknoten hat mit einem Fehler oder gar nicht geantwortet.')]);
});

test('who joins may cancel, and whom the node did not answer may try again: neither was there', () => {
  show({ phase: { at: 'joining' } });
  act(() => button('Cancel')?.click());
  now({ phase: { at: 'ended', why: 'no_answer', text: '' } });
  expect(place.querySelector('[role=alert]')?.textContent).toContain('did not answer in time');
  act(() => button('Try again')?.click());
  expect(done).toEqual(['leave', 'join']);
  now({ phase: { at: 'ended', why: 'removed', text: '' } });
  expect([button('Try again'), button('Back to the preview')?.className]).toEqual([undefined, 'switchboard-video__main']);
});
