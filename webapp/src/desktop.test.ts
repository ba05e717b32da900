import { afterEach, expect, test, vi } from 'vitest';
import { inDesktopApp, openPage } from './desktop';
import { sources } from './video/panel/screen';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0';

test.each([
  [`${CHROME} Electron/39.2.4 Safari/537.36 Mattermost/6.0.0`, true],
  [`${CHROME} Mattermost/5.5.1 Electron/25.9.8 Safari/537.36`, true],
  [`${CHROME} Safari/537.36`, false],
  [`${CHROME} Electron/39.2.4 Safari/537.36 Element/1.11`, false],
  ['Mattermost/2.30 CFNetwork', false],
])('%s: %s', (userAgent, is) => {
  vi.stubGlobal('navigator', { userAgent });
  expect(inDesktopApp()).toBe(is);
});

test('its API tells it, too, where it calls itself a browser', () => {
  vi.stubGlobal('desktopAPI', {});
  expect(inDesktopApp()).toBe(true);
});

test('what there is to share is told by its API', async () => {
  const found = [{ id: 'screen:0:0', name: 'Entire screen', thumbnailURL: 'data:,' }];
  const getDesktopSources = vi.fn(() => Promise.resolve(found));
  vi.stubGlobal('desktopAPI', { getDesktopSources });
  expect(await sources()).toBe(found);
  expect(getDesktopSources).toHaveBeenCalledWith({ types: ['window', 'screen'], thumbnailSize: { height: 216, width: 384 } });
});

test('what there is to share is told by a message before there was an API, or not at all', async () => {
  vi.useFakeTimers();
  const asked = new Promise((resolve) => {
    window.addEventListener('message', ({ data }) => resolve(data), { once: true });
  });
  const found = [{ id: 'window:7:0', name: 'Terminal', thumbnailURL: 'data:,' }];
  const told = sources();
  await vi.advanceTimersByTimeAsync(100);
  expect(await asked).toMatchObject({ type: 'get-desktop-sources' });
  window.dispatchEvent(new MessageEvent('message', { origin: 'https://evil.example.com', data: { type: 'desktop-sources-result', message: [] } }));
  window.dispatchEvent(new MessageEvent('message', { origin: window.location.origin, data: { type: 'desktop-sources-result', message: found } }));
  expect(await told).toBe(found);
  const silent = expect(sources()).rejects.toThrow('no answer');
  await vi.advanceTimersByTimeAsync(5_000);
  await silent;
});

test('a window that was another site\'s before is taken anew', () => {
  const taken = { closed: false } as Window;
  const foreign = { get location(): Location { throw new DOMException('', 'SecurityError'); } };
  const opening = vi.fn().mockReturnValueOnce(foreign).mockReturnValueOnce(taken);
  vi.stubGlobal('open', opening);
  expect(openPage('https://meet.example.com/', 'name', 'popup')).toBe(taken);
  expect(opening.mock.calls).toEqual([['about:blank', 'name', 'popup'], ['https://meet.example.com/', 'name', 'popup']]);
});
