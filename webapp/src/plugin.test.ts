import { expect, test, vi, beforeEach, afterEach } from 'vitest';
import type { Config } from './config';
import type { Context, Part } from './part';
import { Plugin, SETTINGS_EVENT, SPREAD } from './plugin';
import { channel, fakeRegistry, fakeStore } from './testing';

const answers: unknown[] = [];
const asked = vi.fn(() => {
  const answer = answers.shift();
  return answer === undefined ? Promise.reject(new TypeError('offline')) : Promise.resolve(new Response(JSON.stringify(answer)));
});
const config = (node: string): Config => ({
  id: 'switchboard',
  version: '0.1.0',
  phone: null,
  video: { embedded: false, node, origin: `https://${node}`, displayNameType: 'username', kinds: { channels: true, direct: true, group: true }, filter: null },
});

function part() {
  const contexts: Context[] = [];
  const made = { contexts, stopped: 0, inCall: false };
  const own: Part = {
    start: (context) => void contexts.push(context),
    stop: () => void (made.stopped += 1),
    busy: () => made.inCall,
  };
  return Object.assign(made, { part: own });
}

function begin(configured: Part[], always: Part[] = [], importing = (address: string) => Promise.resolve<unknown>({ address })) {
  const registry = fakeRegistry();
  const plugin = new Plugin({ pluginId: 'switchboard', base: '/chat' }, { configured, always }, importing);
  plugin.initialize(registry.registry, fakeStore([channel('town')]));
  return { plugin, ...registry, told: () => registry.sockets.get(`custom_switchboard_${SETTINGS_EVENT}`)?.({ event: '', data: {} }) };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', asked);
});
afterEach(() => {
  vi.useRealTimers();
  answers.length = 0;
});
const settle = () => vi.advanceTimersByTimeAsync(0);
/** Until everybody has asked who was to ask again. */
const spread = () => vi.advanceTimersByTimeAsync(SPREAD);

test('parts start with what the server says, others at once, and again when that changes', async () => {
  const [video, admin] = [part(), part()];
  answers.push(config('a'), config('a'), config('b'));
  const host = begin([video.part], [admin.part]);
  expect(admin.contexts).toHaveLength(1);
  expect(video.contexts).toHaveLength(0);
  await settle();
  expect(video.contexts[0]?.config.video?.node).toBe('a');
  host.told();
  await spread();
  expect(video.contexts).toHaveLength(1);
  host.reconnect();
  await spread();
  expect(video.contexts[1]?.config.video?.node).toBe('b');
  expect([video.stopped, admin.stopped, admin.contexts.length]).toEqual([1, 0, 1]);
  host.plugin.uninitialize();
  expect([video.stopped, admin.stopped, host.sockets.size]).toEqual([2, 1, 0]);
});

test('the settings are asked for until they come, and nobody is disturbed in a call', async () => {
  const video = part();
  answers.push(undefined, undefined, config('a'), config('b'), config('b'));
  const host = begin([video.part]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(video.contexts).toHaveLength(1);
  video.inCall = true;
  host.told();
  await spread();
  expect(video.stopped).toBe(0);
  video.inCall = false;
  await vi.advanceTimersByTimeAsync(120_000);
  expect([video.stopped, video.contexts[1]?.config.video?.node]).toEqual([1, 'b']);
});

test('a part that cannot start leaves the others alone', async () => {
  const video = part();
  answers.push(config('a'));
  const broken: Part = {
    start: () => {
      throw new Error('broken');
    },
    stop: () => undefined,
  };
  const thrown = vi.fn();
  vi.stubGlobal('setTimeout', (task: () => void) => {
    try {
      task();
    } catch (error) {
      thrown(error);
    }
    return 0;
  });
  begin([broken, video.part]);
  await settle();
  expect(video.contexts).toHaveLength(1);
  expect(thrown).toHaveBeenCalledOnce();
});

test('what is loaded is loaded once, and again after it could not be', async () => {
  const importing = vi.fn((address: string) => Promise.resolve<unknown>({ address })).mockRejectedValueOnce(new TypeError('gone'));
  const video = part();
  answers.push(config('a'));
  begin([video.part], [], importing);
  await settle();
  const context = video.contexts[0];
  await expect(context?.load('video-panel')).rejects.toThrow(context?.t('error.unreachable'));
  // A browser remembers what failed by its address.
  const address = '/chat/plugins/switchboard/public/video-panel.js?again=1';
  expect(await context?.load('video-panel')).toEqual({ address });
  await context?.load('video-panel');
  expect(importing).toHaveBeenCalledTimes(2);
});

test('what one part offers another calls, as long as it is there', async () => {
  const [video, phone] = [part(), part()];
  answers.push(config('a'));
  const host = begin([video.part, phone.part]);
  await settle();
  const taken = vi.fn();
  video.contexts[0]?.offer('video.open', taken);
  expect(phone.contexts[0]?.call('video.open', 'town')).toBe(true);
  expect(taken).toHaveBeenCalledWith('town');
  host.plugin.uninitialize();
  expect(phone.contexts[0]?.call('video.open', 'town')).toBe(false);
});

test('several parts hear the same, each until it is stopped', async () => {
  const [video, phone] = [part(), part()];
  answers.push(config('a'), config('b'));
  const host = begin([video.part, phone.part]);
  await settle();
  const heard: string[] = [];
  video.contexts[0]?.onMessage('video_changed', (message) => heard.push(`video ${String(message.data.channelId)}`));
  phone.contexts[0]?.onMessage('video_changed', () => heard.push('phone'));
  phone.contexts[0]?.onReconnect(() => heard.push('again'));
  host.sockets.get('custom_switchboard_video_changed')?.({ event: '', data: { channelId: 'town' } });
  expect(heard).toEqual(['video town', 'phone']);
  host.reconnect();
  await spread();
  expect(heard).toEqual(['video town', 'phone', 'again']); // The settings are others now: both were stopped.
  host.sockets.get('custom_switchboard_video_changed')?.({ event: '', data: {} });
  expect(heard).toHaveLength(3);
  host.plugin.uninitialize();
  expect(host.sockets.size).toBe(0);
});

test('what everybody is told at once is asked for after a wait of each one\'s own, and once', async () => {
  const video = part();
  answers.push(config('a'), config('b'), config('c'));
  const waits = vi.spyOn(Math, 'random').mockReturnValueOnce(0.5).mockReturnValueOnce(0.1);
  const host = begin([video.part]);
  await settle();
  const again = vi.fn();
  video.contexts[0]?.onReconnect(again);
  asked.mockClear();
  host.told();
  host.reconnect();
  host.told();
  await vi.advanceTimersByTimeAsync(SPREAD / 2 - 1);
  expect([asked.mock.calls.length, again.mock.calls.length]).toEqual([0, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked.mock.calls.length, again.mock.calls.length, video.contexts[1]?.config.video?.node]).toEqual([1, 1, 'b']);
  host.told();
  await vi.advanceTimersByTimeAsync(SPREAD / 10);
  expect([asked.mock.calls.length, video.contexts[2]?.config.video?.node]).toEqual([2, 'c']);
  host.told();
  host.plugin.uninitialize();
  await spread();
  expect([asked.mock.calls.length, waits.mock.calls.length]).toEqual([2, 3]);
});

test('two bundles beside each other keep their styles', () => {
  const first = begin([]);
  const other = new Plugin({ pluginId: 'com.pexip.pexip-app', base: '' }, { configured: [], always: [] }, () => Promise.reject(new Error('none')));
  other.initialize(fakeRegistry().registry, fakeStore([channel('town')]));
  const sheets = () => [...document.querySelectorAll('style')].map(({ id }) => id).filter((id) => id.endsWith('-common'));
  expect(sheets()).toHaveLength(2);
  first.plugin.uninitialize();
  expect(sheets()).toEqual(['switchboard-style-com.pexip.pexip-app-common']);
  other.uninitialize();
});
