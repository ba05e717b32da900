import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api';
import type { VideoConfig } from '../config';
import type { Context } from '../part';
import type { SocketMessage } from '../registry';
import { channel, fakeContext, fakeRegistry, fakeStore } from '../testing';
import { where } from './where';
import { window as piece } from './window';

const VIDEO: VideoConfig = { embedded: false, node: 'meet.example.com', origin: 'https://meet.example.com', displayNameType: 'username', kinds: { channels: true, direct: true, group: true }, filter: null };
const ADDRESS = 'https://meet.example.com/webapp3/m/room/express?name=Me';
const JOINED = { participation: 'p1', beat: 30, conference: { window: ADDRESS } };

const posts: { path: string; body: unknown }[] = [];
let answer: (path: string) => Promise<unknown>;
let open: (channel: unknown) => void;
let end: (() => void) | undefined;
const told = new Map<string, (message: SocketMessage) => void>();
let opened: { closed: boolean; opener: unknown; focus: () => void; close: () => void; location: { replace: ReturnType<typeof vi.fn>; href: string } };
/** Whether the node's page takes the window from us. */
let isTaken: boolean;
const fetching = vi.fn<typeof fetch>();
const atUnload = vi.fn();
const element = document.createElement('div');
const opening = vi.fn((): unknown => opened);

function begin() {
  const registry = fakeRegistry();
  const context = fakeContext({
    registry: registry.registry,
    store: fakeStore([channel('town'), channel('phones')]),
    onMessage: (event, handler) => void told.set(event, handler),
    config: { id: 'switchboard', version: '', phone: null, video: VIDEO },
    offer: (_name, what) => {
      open = what;
    },
    api: {
      get: vi.fn(),
      post: (path: string, body: unknown) => {
        posts.push({ path: path.replace('/api/v1/video/', ''), body });
        return answer(path);
      },
      postAtUnload: atUnload,
    } as unknown as Context['api'],
  });
  end = piece.start(context, VIDEO);
  const Root = registry.of('root')[0]?.[0] as React.ComponentType;
  act(() => {
    ReactDOM.render(<Root />, element);
  });
}

/** Lets everything that is due happen, and so many milliseconds pass. */
const pass = (milliseconds = 0) => act(async () => void (await vi.advanceTimersByTimeAsync(milliseconds)));
const press = async (label: string) => {
  const found = [...element.querySelectorAll('button')].find((one) => one.textContent === label);
  if (!found) throw new Error(`no ${label} in ${element.textContent}`);
  act(() => found.click());
  await pass();
};

beforeEach(() => {
  vi.useFakeTimers();
  posts.length = 0;
  isTaken = false;
  const location = {
    replace: vi.fn(),
    get href(): string {
      if (isTaken || location.replace.mock.calls.length === 0) return 'about:blank';
      throw new DOMException('Blocked a frame from accessing a cross-origin frame.', 'SecurityError');
    },
  };
  opened = { closed: false, opener: 'us', focus: vi.fn(), close: vi.fn(), location };
  answer = (path) => Promise.resolve(path.endsWith('/join') ? JOINED : undefined);
  fetching.mockReset().mockResolvedValue(new Response());
  opening.mockReset().mockImplementation(() => opened);
  vi.stubGlobal('fetch', fetching);
  vi.stubGlobal('open', opening);
  begin();
});
afterEach(() => {
  end?.();
  ReactDOM.unmountComponentAtNode(element);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('the window opens without a way back to us, and its closing is leaving', async () => {
  open(channel('town'));
  await pass();
  expect(opened.opener).toBeNull();
  expect(opened.location.replace).toHaveBeenCalledWith(ADDRESS);
  expect(posts.map(({ path }) => path)).toEqual(['join', 'joined']);
  expect(posts[0]?.body).toMatchObject({ channelId: 'town' });
  expect(element.textContent).toBe('');
  await pass(60_000);
  expect(posts.slice(2)).toEqual([{ path: 'beat', body: { participation: 'p1' } }, { path: 'beat', body: { participation: 'p1' } }]);
  opened.closed = true;
  await pass(1_000);
  expect(posts[4]).toEqual({ path: 'leave', body: { participation: 'p1' } });
  await pass(120_000);
  expect(posts).toHaveLength(5);
});

test('the same channel once more brings the window to the front, and another channel takes its place when told so', async () => {
  open(channel('town'));
  await pass();
  open(channel('town'));
  await pass();
  expect(opened.focus).toHaveBeenCalledOnce();
  expect(posts).toHaveLength(2);
  open(channel('phones'));
  await pass();
  expect([element.querySelector('p')?.textContent, posts.length, where.channelId]).toEqual(['You are in the video conference of town.', 2, 'town']);
  await press('Leave it and go to phones');
  expect(posts.slice(2).map(({ path }) => path)).toEqual(['leave', 'join', 'joined']);
  expect([element.textContent, where.channelId]).toEqual(['', 'phones']);
});

test('where one is was said for ever after its window was closed, in front of whatever came', async () => {
  open(channel('town'));
  await pass(2_000);
  open(channel('phones'));
  await pass();
  expect(element.querySelector('[role=alert]')?.textContent).toContain('You are in the video conference of town.');
  opened.closed = true;
  await pass(1_000);
  expect([element.textContent, where.channelId]).toEqual(['', undefined]);
});

test('who asked for another conference could not say any more that they had left a window that nobody sees', async () => {
  isTaken = true;
  open(channel('town'));
  await pass();
  opened.closed = true;
  await pass(1_000);
  open(channel('phones'));
  await pass();
  expect(element.textContent).toContain('You are in the video conference of town.');
  await press('I have left');
  expect([element.textContent, posts.map(({ path }) => path), where.channelId]).toEqual(['', ['join', 'joined', 'leave'], undefined]);
});

test('how one leaves a conference was said for ever after the server had ended it', async () => {
  isTaken = true;
  open(channel('town'));
  await pass();
  opened.closed = true;
  await pass(1_000);
  expect(element.textContent).toContain('I have left');
  answer = (path) => (path.endsWith('/beat') ? Promise.reject(new ApiError('english', 403, 'not_member')) : Promise.resolve());
  await pass(60_000);
  expect(posts.map(({ path }) => path)).toEqual(['join', 'joined', 'beat', 'leave']);
  expect(element.textContent).toBe('');
});

test('a node that cannot be reached is told of before anything opens', async () => {
  fetching.mockRejectedValueOnce(new TypeError('no such host'));
  open(channel('town'));
  await pass();
  expect(element.querySelector('[role=alert]')?.textContent).toContain('meet.example.com');
  expect([posts.length, opening.mock.calls.length]).toEqual([0, 0]);
  await press('Try again');
  expect(opening).toHaveBeenCalledOnce();
  expect(element.textContent).toBe('');
});

test('a node that does not answer is told of, too', async () => {
  fetching.mockImplementation((_url, init) => new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
  }));
  open(channel('town'));
  await pass(4_000);
  expect(element.textContent).toContain('meet.example.com');
});

test('where a popup blocker is in the way, there is something to press', async () => {
  opening.mockReturnValueOnce(null);
  open(channel('town'));
  await pass();
  await press('Open the conference');
  expect(opened.location.replace).toHaveBeenCalledWith(ADDRESS);
  expect(posts.map(({ path }) => path)).toEqual(['join', 'joined']);
});

test('who is in it elsewhere may take it over, and other errors are in words', async () => {
  answer = () => Promise.reject(new ApiError('in another tab', 409, 'elsewhere'));
  open(channel('town'));
  await pass();
  answer = (path) => Promise.resolve(path.endsWith('/join') ? JOINED : undefined);
  await press('Join here instead');
  expect(posts[1]?.body).toMatchObject({ takeOver: true });
  await pass(2_000);
  opened.closed = true;
  await pass(1_000);
  answer = () => Promise.reject(new ApiError('english', 403, 'not_member'));
  open(channel('town'));
  await pass();
  expect(element.querySelector('[role=alert]')?.textContent).toContain('Only members of the channel may join its conference.');
  expect(element.textContent).not.toContain('english');
  answer = () => Promise.reject(new ApiError('what else', 500));
  open(channel('town'));
  await pass();
  expect([...element.querySelectorAll('p')].map((one) => one.textContent)).toEqual(['Mattermost could not open the conference.', 'what else']);
  await press('Close');
  expect(element.textContent).toBe('');
});

test('a server that has forgotten us is joined anew, and told as the page goes away', async () => {
  open(channel('town'));
  await pass();
  answer = (path) => (path.endsWith('/beat') ? Promise.reject(new ApiError('gone', 410)) : Promise.resolve({ ...JOINED, participation: 'p2' }));
  await pass(30_000);
  expect(posts.slice(2).map(({ path }) => path)).toEqual(['beat', 'join', 'joined']);
  expect(posts[4]?.body).toEqual({ participation: 'p2' });
  globalThis.dispatchEvent(new Event('pagehide'));
  expect(atUnload).toHaveBeenCalledWith('/api/v1/video/leave', { participation: 'p2' });
});

test('a double click opens one window', async () => {
  open(channel('town'));
  open(channel('town'));
  await pass();
  expect(posts.map(({ path }) => path)).toEqual(['join', 'joined']);
  expect(opening).toHaveBeenCalledOnce();
});

test('another tab that took it over keeps it', async () => {
  open(channel('town'));
  await pass();
  answer = (path) => Promise.reject(path.endsWith('/join') ? new ApiError('in another tab', 409, 'elsewhere') : new ApiError('gone', 410));
  await pass(30_000);
  expect(posts[3]?.body).not.toHaveProperty('takeOver');
  await pass(90_000);
  expect(posts.slice(2).map(({ path }) => path)).toEqual(['beat', 'join']);
  expect(element.textContent).toContain('You joined from another window or device');
});

test('a window that another device took over is closed at once: it stayed open, and counted for half a minute', async () => {
  open(channel('town'));
  await pass();
  told.get('video_taken_over')?.({ event: '', data: { participations: ['another'] } });
  expect(opened.close).not.toHaveBeenCalled();
  act(() => told.get('video_taken_over')?.({ event: '', data: { participations: ['p1'] } }));
  expect(opened.close).toHaveBeenCalledOnce();
  expect(element.querySelector('[role=alert]')?.textContent).toContain('You joined from another window or device');
  await pass(90_000);
  expect(posts.map(({ path }) => path)).toEqual(['join', 'joined']);
  await press('Close');
});

test('who may not be in it any more leaves', async () => {
  open(channel('town'));
  await pass();
  answer = (path) => (path.endsWith('/beat') ? Promise.reject(new ApiError('You are no member of this channel.', 403)) : Promise.resolve());
  await pass(90_000);
  expect(posts.slice(2).map(({ path }) => path)).toEqual(['beat', 'leave']);
});

test('a node that takes the window from us at once is no leaving: people say themselves when they left', async () => {
  isTaken = true;
  open(channel('town'));
  await pass();
  opened.closed = true; // As soon as the node's page is there, by its Cross-Origin-Opener-Policy.
  await pass(60_000);
  expect(posts.map(({ path }) => path)).toEqual(['join', 'joined', 'beat', 'beat']);
  await press('I have left');
  expect(posts[4]).toEqual({ path: 'leave', body: { participation: 'p1' } });
  expect(element.textContent).toBe('');
  await pass(60_000);
  expect(posts).toHaveLength(5);
});

test('a window that is the node\'s for a moment before it is taken from us has not been left', async () => {
  open(channel('town'));
  await pass(500); // The node's page is there; the browser has not told yet that the window is not ours to look at.
  opened.closed = true;
  await pass(60_000);
  expect(posts.map(({ path }) => path)).toEqual(['join', 'joined', 'beat', 'beat']);
  await press('I have left');
  expect(posts[4]).toEqual({ path: 'leave', body: { participation: 'p1' } });
});

test('in the Desktop App the address opens in the system\'s browser, and nobody is said to be in', async () => {
  vi.stubGlobal('desktopAPI', {});
  opening.mockReturnValue(null);
  open(channel('town'));
  await pass();
  expect(opening.mock.calls).toEqual([[ADDRESS, '_blank', 'noopener']]);
  expect(posts.map(({ path }) => path)).toEqual(['join', 'leave']);
  expect(element.textContent).toBe('');
  await pass(60_000);
  expect(posts).toHaveLength(2);
});
