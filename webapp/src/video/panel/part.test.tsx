import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';
import { expect, test, vi } from 'vitest';
import type { VideoConfig } from '../../config';
import { channel, fakeContext, fakeRegistry, fakeStore } from '../../testing';
import { where } from '../where';
import { panel } from './part';

const VIDEO: VideoConfig = { embedded: true, node: 'meet', origin: 'https://meet', displayNameType: 'username', kinds: { channels: true, direct: true, group: true }, filter: null };

/** A call as far as the panel's place needs it. */
function call() {
  const listeners = new Set<() => void>();
  const session = {
    isBusy: false,
    state: { channelId: 'town' },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: vi.fn(() => Promise.resolve()),
    back: vi.fn(() => Promise.resolve()),
    rest: vi.fn(),
    leave: vi.fn(),
    stop: vi.fn(),
  };
  const begins = () => act(() => {
    session.isBusy = true;
    listeners.forEach((listener) => listener());
  });
  return { session, begins, create: () => ({ session, Panel: () => <h2>Room</h2> }) };
}

function begin(load: () => Promise<unknown>) {
  const { registry, of, components } = fakeRegistry();
  const store = fakeStore([channel('town')]);
  let open: (channel: unknown) => void = () => undefined;
  const end = panel.start(fakeContext({ registry, store, load: load as never, offer: (_name, what) => void (open = what) }), VIDEO);
  const [sidebar, bar] = [of('panel')[0]?.[0], of('root')[0]?.[0]] as React.ComponentType[];
  const places = [document.createElement('div'), document.createElement('div')] as const;
  const draw = (Shown: React.ComponentType | undefined, place: Element) => act(async () => {
    if (Shown) ReactDOM.render(<Shown />, place);
    await Promise.resolve();
  });
  const click = () => act(async () => {
    open(channel('town'));
    await Promise.resolve();
  });
  return { store, of, components, end, places, click, showSidebar: () => draw(sidebar, places[0]), showBar: () => draw(bar, places[1]) };
}

test('a call goes on without its sidebar, with a way back to it', async () => {
  const { session, begins, create } = call();
  const { store, end, places, click, showSidebar, showBar, components, of } = begin(() => Promise.resolve({ create }));
  await showBar();
  await click();
  expect(store.dispatch).toHaveBeenLastCalledWith('show panel-1');
  await showSidebar();
  begins();
  expect(where.channelId).toBe('town');
  expect([places[0].textContent, places[1].textContent]).toEqual(['Room', '']);
  act(() => void ReactDOM.unmountComponentAtNode(places[0]));
  expect([session.leave.mock.calls.length, session.stop.mock.calls.length]).toEqual([0, 0]);
  expect(places[1].textContent).toContain('You are in the video conference of town.');
  const [show, leave] = places[1].querySelectorAll('button');
  act(() => show?.click());
  expect(store.dispatch).toHaveBeenCalledTimes(2);
  act(() => leave?.click());
  expect(session.leave).toHaveBeenCalledOnce();
  // Another channel's conference was asked for: it was forgotten as the panel came.
  const asked = session.back.mock.calls.length;
  await showSidebar();
  expect(session.back).toHaveBeenCalledTimes(asked);
  act(() => void ReactDOM.unmountComponentAtNode(places[0]));
  // Mattermost keeps a sidebar open, empty, whose panel is gone.
  const hidden = vi.fn((action: unknown) => [action, of('panel').length]);
  store.dispatch.mockImplementation(hidden);
  act(() => void ReactDOM.unmountComponentAtNode(places[1]));
  end();
  expect(hidden.mock.results.map(({ value }) => value as unknown)).toEqual([['hide panel-1', 1]]);
  expect(where.channelId).toBeUndefined();
  expect([components.size, session.stop.mock.calls.length]).toEqual([0, 1]);
});

test('what could not be loaded is said in words, and loaded by another click', async () => {
  const { create } = call();
  const load = vi.fn<() => Promise<unknown>>(() => Promise.resolve({ create })).mockRejectedValueOnce(new Error('The server cannot be reached.'));
  const { end, places, click, showSidebar } = begin(load);
  await click();
  await showSidebar();
  expect(places[0].querySelector('[role=alert]')?.textContent).toBe('The server cannot be reached.');
  await click();
  expect([places[0].textContent, load.mock.calls.length]).toEqual(['Room', 2]);
  act(() => void ReactDOM.unmountComponentAtNode(places[0]));
  end();
});
