import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { claim } from './claim';

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function all(...claims: Promise<boolean>[]) {
  await vi.advanceTimersByTimeAsync(1_000);
  return Promise.all(claims);
}

test('of several windows one has it, also of those that ask at the same moment or later', async () => {
  expect(await all(claim('switchboard', '7-1000'))).toEqual([true]);
  expect(await all(claim('switchboard', '7-1000'))).toEqual([false]);
  expect(await all(claim('switchboard', '8-1000'), claim('switchboard', '7-2000'))).toEqual([true, true]);
});

test('of windows that see each other’s claims too late, the last has it', async () => {
  vi.spyOn(Storage.prototype, 'getItem').mockReturnValueOnce(null).mockReturnValueOnce(null);
  const claims = await all(claim('switchboard', '9-1000'), claim('switchboard', '9-1000'));
  expect(claims).toEqual([false, true]);
  vi.restoreAllMocks();
});

test('each plugin has claims of its own, and old ones are thrown away, with nothing else', async () => {
  localStorage.setItem('switchboard-phone-pages', 'here');
  localStorage.setItem('other-claim-1', '1 x');
  expect(await all(claim('switchboard', '1-1'), claim('net.bytemine.sip', '1-1'))).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(await all(claim('switchboard', '2-2'))).toEqual([true]);
  expect(Object.keys(localStorage).sort()).toEqual(['net.bytemine.sip-claim-1-1', 'other-claim-1', 'switchboard-claim-2-2', 'switchboard-phone-pages']);
});

test('without storage each window is on its own', async () => {
  vi.stubGlobal('localStorage', undefined);
  expect(await all(claim('switchboard', '1-1'), claim('switchboard', '1-1'))).toEqual([true, true]);
});
