import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SILENCE, Stream, WAIT_FIRST, WAIT_MOST, type StreamState } from './stream';
import type { Message } from './types';

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | undefined;
  onmessage: ((event: { data: string }) => void) | undefined;
  onclose: ((event: { code: number }) => void) | undefined;
  closed = false;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  close(): void {
    this.closed = true;
  }
  says(message: Message): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

function last(): FakeSocket {
  const socket = FakeSocket.all[FakeSocket.all.length - 1];
  if (!socket) throw new Error('No websocket was opened.');
  return socket;
}
const status = (whole: boolean) => ({ board: { epoch: 'e 1', now: 0, whole } });
let states: StreamState[];
let told: Message[];
let place: { after: number; epoch: string };
let may: boolean;
let stream: Stream;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  FakeSocket.all = [];
  states = [];
  told = [];
  place = { after: 0, epoch: '' };
  may = true;
  stream = new Stream({
    address: 'ws://chat/plugins/switchboard/api/v1/board/ws',
    place: () => place,
    told: (message) => told.push(message),
    became: (state) => states.push(state),
    mayStill: () => Promise.resolve(may),
    random: () => 0.5,
  });
});

afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

test('it goes on where it was after a gap', () => {
  expect(last().url).toBe('ws://chat/plugins/switchboard/api/v1/board/ws');
  last().onopen?.();
  last().says(status(true));
  place = { after: 17, epoch: 'e 1' };
  last().onclose?.({ code: 1006 });
  expect(states).toEqual(['connecting', 'live', 'lost']);
  vi.advanceTimersByTime(WAIT_FIRST - 1);
  expect(FakeSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(last().url).toBe('ws://chat/plugins/switchboard/api/v1/board/ws?after=17&epoch=e%201');
  last().says({ n: 18, gone: { line: 'bob' } });
  expect(told).toHaveLength(2);
});

test('it waits twice as long each time, up to a limit, and a message makes it short again', () => {
  const waits: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const before = FakeSocket.all.length;
    last().onclose?.({ code: 1006 });
    let waited = 0;
    while (FakeSocket.all.length === before) {
      vi.advanceTimersByTime(100);
      waited += 100;
    }
    waits.push(waited);
  }
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  expect(WAIT_MOST).toBe(30_000);
  last().says(status(false));
  last().onclose?.({ code: 1006 });
  const before = FakeSocket.all.length;
  vi.advanceTimersByTime(WAIT_FIRST);
  expect(FakeSocket.all).toHaveLength(before + 1);
});

test('a connection that says nothing for long is lost', () => {
  last().onopen?.();
  last().says(status(true));
  vi.advanceTimersByTime(SILENCE - 1);
  last().says(status(false));
  vi.advanceTimersByTime(SILENCE - 1);
  expect(states[states.length - 1]).toBe('live');
  const silent = last();
  vi.advanceTimersByTime(1);
  expect(states[states.length - 1]).toBe('lost');
  expect(silent.closed).toBe(true);
  // What it says afterwards is no longer heard.
  const before = told.length;
  silent.says({ n: 1 });
  expect(told).toHaveLength(before);
});

test('it ends for whoever may no longer see the board', () => {
  last().onopen?.();
  last().says(status(true));
  last().onclose?.({ code: 1008 });
  expect(states[states.length - 1]).toBe('ended');
  vi.advanceTimersByTime(10 * WAIT_MOST);
  expect(FakeSocket.all).toHaveLength(1);
});

test('where it does not even open, it asks whether one may', async () => {
  may = false;
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(WAIT_FIRST);
  expect(states[states.length - 1]).toBe('lost');
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(10 * WAIT_MOST);
  expect(states[states.length - 1]).toBe('ended');
  expect(FakeSocket.all).toHaveLength(2);
});

test('a network that is back is tried at once', () => {
  last().onclose?.({ code: 1006 });
  window.dispatchEvent(new Event('online'));
  expect(FakeSocket.all).toHaveLength(2);
  stream.stop();
  last().onclose?.({ code: 1006 });
  window.dispatchEvent(new Event('online'));
  vi.advanceTimersByTime(10 * WAIT_MOST);
  expect(FakeSocket.all).toHaveLength(2);
});
