// What the cases with an embedded call share.

import { open } from './lib.mjs';

/** Chromium's arguments: a camera and a microphone of its own, which need no permission, and this tab as the screen to share. */
export const FAKE = [
  '--use-fake-device-for-media-stream=device-count=2',
  '--use-fake-ui-for-media-stream',
  '--auto-accept-this-tab-capture',
  '--autoplay-policy=no-user-gesture-required',
  // Media go to this machine's loopback, on which browsers gather nothing by themselves.
  '--allow-loopback-in-peer-connection',
];

/** Somebody's page, with the panel open in its preview; `script` runs in it before anything else does. */
export async function visitor(browser, url, options = {}, script = () => {}) {
  const page = await open(browser, 'about:blank', options);
  await page.addInitScript(script);
  await page.addInitScript(() => {
    // What a test looks into: the page's own has it in closures.
    window.peers = [];
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(...values) {
        super(...values);
        window.peers.push(this);
      }
    };
    window.tracks = [];
    window.gone = new Set();
    window.sinks = [];
    const { setSinkId } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.setSinkId = async function (id) {
      await setSinkId.call(this, id);
      window.sinks.push(this.sinkId);
    };
    const devices = navigator.mediaDevices;
    const get = devices?.getUserMedia.bind(devices);
    const list = devices?.enumerateDevices.bind(devices);
    if (get) {
      devices.getUserMedia = async (wanted) => {
        const chosen = wanted.video?.deviceId?.exact;
        if (window.gone.has(chosen)) throw new OverconstrainedError('deviceId', 'gone');
        const stream = await get(wanted);
        window.tracks.push(...stream.getTracks());
        return stream;
      };
      devices.enumerateDevices = async () => (await list()).filter(({ deviceId }) => !window.gone.has(deviceId));
    }
    // A tab of a browser without a screen can be captured only where it is asked for by name.
    const { mediaDevices } = navigator;
    const own = mediaDevices?.getDisplayMedia.bind(mediaDevices);
    if (own) mediaDevices.getDisplayMedia = (wanted) => own({ ...wanted, preferCurrentTab: true });
  });
  await page.goto(url);
  await page.locator('[aria-label^="Video conference"], [aria-label^="Videokonferenz"], [aria-label^="Join the video"]').first().click();
  await page.waitForSelector('.switchboard-video h2');
  return page;
}

export const panel = (page) => page.locator('.switchboard-video');

export const button = (page, name) => panel(page).getByRole('button', { name, exact: true });

/** Waits for a button, and clicks at it. */
export const press = (page, name) => button(page, name).click();

/** Waits for words in the panel. */
export const says = (page, text) => panel(page).getByText(text).first().waitFor();

/** What comes in by WebRTC: frames of pictures, packets of sound and what is in them, counted since the connection began. */
export const received = (page) =>
  page.evaluate(async () => {
    const peer = window.peers[window.peers.length - 1];
    const found = { frames: [], packets: 0, energy: 0 };
    // They may just have joined.
    if (!peer) return found;
    for (const one of (await peer.getStats()).values()) {
      if (one.type !== 'inbound-rtp') continue;
      if (one.kind === 'video') found.frames.push(one.framesDecoded ?? 0);
      else Object.assign(found, { packets: one.packetsReceived, energy: one.totalAudioEnergy });
    }
    return found;
  });

/** Waits until what comes in is so. */
export async function flows(page, what, is) {
  const until = Date.now() + 60_000;
  for (;;) {
    const now = await received(page);
    if (is(now)) return now;
    if (Date.now() > until) throw new Error(`${what}: ${JSON.stringify(now)}`);
    await page.waitForTimeout(200);
  }
}

/** Who is in, as the panel has it: the name and its marks. */
export const people = (page) =>
  panel(page).locator('li').evaluateAll((items) =>
    items.map((item) => [item.querySelector('.switchboard-video__name').textContent, ...[...item.querySelectorAll('.switchboard-video__mark')].map((mark) => mark.textContent)]),
  );

/** Waits until somebody in the list has a mark, or has it no more. */
export const marked = (page, name, mark, is = true) =>
  page.waitForFunction(
    ([who, what, wanted]) => {
      const items = [...document.querySelectorAll('.switchboard-video li')];
      const item = items.find((one) => one.querySelector('.switchboard-video__name').textContent === who);
      const marks = [...(item?.querySelectorAll('.switchboard-video__mark') ?? [])].map((one) => one.textContent);
      return item !== undefined && marks.includes(what) === wanted;
    },
    [name, mark, is],
    { polling: 50 },
  );

/** Pulls a device out: its track ends, and it is there no more. */
export const unplug = (page, kind) =>
  page.evaluate((what) => {
    const track = window.tracks.filter((one) => one.kind === what && one.readyState === 'live').pop();
    window.gone.add(track.getSettings().deviceId);
    track.stop();
    track.dispatchEvent(new Event('ended'));
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  }, kind);

/** The choice of a kind of device, such as `Speaker`. */
export const choice = (page, label) => panel(page).locator('label', { hasText: label }).locator('select');
