import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError, PATIENCE, api } from './api';
import { translator } from './i18n';

const asked = vi.fn<typeof fetch>();
const t = translator(() => 'en');
const own = api({ pluginId: 'switchboard', base: '/chat' }, t);

beforeEach(() => {
  vi.stubGlobal('fetch', asked);
  document.cookie = 'MMCSRF=token';
});
afterEach(() => {
  vi.useRealTimers();
  asked.mockReset();
});

test('a POST carries the token against forgery and JSON', async () => {
  asked.mockResolvedValue(new Response('{"a":1}'));
  expect(await own.post('/api/v1/video/join', { channelId: 'c' })).toEqual({ a: 1 });
  const [url, init] = asked.mock.calls[0] ?? [];
  expect(url).toBe('/chat/plugins/switchboard/api/v1/video/join');
  expect(init).toMatchObject({ method: 'POST', body: '{"channelId":"c"}', credentials: 'same-origin' });
  expect(init?.headers).toMatchObject({ 'X-CSRF-Token': 'token', 'Content-Type': 'application/json' });
});

test('an empty answer is fine', async () => {
  asked.mockResolvedValue(new Response(null, { status: 204 }));
  expect(await own.post('/x')).toBeUndefined();
});

test.each([
  ['the words of the server', () => new Response('{"error":"No such room.","code":"elsewhere"}', { status: 409 }), 409, 'No such room.', 'elsewhere'],
  ['a page of a proxy', () => new Response('<html>', { status: 502 }), 502, t('error.server', { status: 502 }), ''],
  ['nobody signed in', () => new Response('', { status: 401 }), 401, t('error.signed_out'), ''],
])('an error has words: %s', async (_name, answer, status, message, code) => {
  asked.mockResolvedValue(answer());
  await expect(own.get('/x')).rejects.toEqual(new ApiError(message, status, code));
  await expect(own.get('/x').catch((error: unknown) => error)).resolves.toBeInstanceOf(ApiError);
});

test('no connection has words', async () => {
  asked.mockRejectedValue(new TypeError('Failed to fetch'));
  await expect(own.get('/x')).rejects.toMatchObject({ message: t('error.unreachable'), status: 0 });
});

test('an answer that does not come has words', async () => {
  vi.useFakeTimers();
  asked.mockImplementation((_url, init) => new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
  }));
  const answer = expect(own.get('/x')).rejects.toMatchObject({ message: t('error.slow'), status: 0 });
  await vi.advanceTimersByTimeAsync(PATIENCE);
  await answer;
});

test('what the caller gave up is no error of the server', async () => {
  const given = new AbortController();
  asked.mockImplementation((_url, init) => new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError')));
  }));
  const answer = expect(own.get('/x', given.signal)).rejects.toMatchObject({ name: 'AbortError' });
  given.abort();
  await answer;
});
