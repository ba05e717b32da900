import { afterEach, expect, it, vi } from 'vitest';
import { NodeCall, type Heard } from './node';

const TOKEN = {
  token: 'late', expires: '120', participant_uuid: '00000000-0000-4000-8000-000000000001', version: { version_id: '36', pseudo_version: '0.0.0' }, role: 'HOST', display_name: 'Me',
  conference_name: 'town', service_type: 'conference', current_service_type: 'conference', call_type: 'video', chat_enabled: true, fecc_enabled: false, guests_can_present: true,
  direct_media: false, analytics_enabled: false, rtmp_enabled: false, rtsp_enabled: false, trickle_ice_enabled: true, vp9_enabled: false, allow_1080p: false,
};

const answered = (result: unknown, status = 200) =>
  new Response(JSON.stringify({ status: status === 200 ? 'success' : 'failed', result }), { status, headers: { 'Content-Type': 'application/json' } });

/** A node that answers `request_token` when it is told to. */
function node() {
  const asked: string[] = [];
  let give: (answer: Response) => void = () => undefined;
  vi.stubGlobal('fetch', (input: RequestInfo | URL) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    const name = url.replace(/\/$/, '').split('/').pop() ?? '';
    asked.push(name);
    if (name !== 'request_token') return Promise.resolve(answered(name === 'theme' ? {} : true));
    return new Promise<Response>((resolve) => {
      give = resolve;
    });
  });
  vi.stubGlobal('EventSource', class extends EventTarget {
    onopen: (() => void) | undefined;
    constructor() {
      super();
      queueMicrotask(() => this.onopen?.());
    }
    close() {
      return undefined;
    }
  });
  // It gets as far as to be made: nothing comes of it.
  class Transceiver {
    direction = 'sendrecv';
    sender = { track: null, setStreams: () => undefined };
    receiver = { track: new EventTarget() };
  }
  vi.stubGlobal('RTCRtpTransceiver', Transceiver);
  vi.stubGlobal('RTCPeerConnection', class extends EventTarget {
    getTransceivers = () => [];
    getSenders = () => [];
    getReceivers = () => [];
    addTransceiver = () => new Transceiver();
    createDataChannel = () => new EventTarget();
    createOffer = () => new Promise(() => undefined);
    close = () => undefined;
  });
  vi.stubGlobal('MediaStream', class extends EventTarget {
    getTracks = () => [];
    getAudioTracks = () => [];
    getVideoTracks = () => [];
  });
  const heard: string[] = [];
  const told = new Proxy({}, { get: (_, name) => (...values: unknown[]) => void heard.push([String(name), ...values].join(' ')) }) as Heard;
  const call = new NodeCall({ origin: 'https://meet.example.com', alias: 'town', displayName: 'Me' }, told);
  return { asked, heard, call, give: (answer: Response) => give(answer) };
}

/** Waits for a state that stays; the library does much of its own in between. */
const until = (is: () => boolean) => vi.waitUntil(is, { timeout: 20_000 });

afterEach(() => vi.unstubAllGlobals());

it('gives back what a node let us have after we had cancelled: we were seen in the conference', async () => {
  const { asked, heard, call, give } = node();
  const joining = call.join(new MediaStream(), null);
  await until(() => asked.includes('request_token'));
  await call.leave();
  give(answered(TOKEN));
  await joining;
  await until(() => asked.includes('release_token'));
  expect(heard).toEqual([]);
}, 30_000);

it('was an error of the library’s where the node answered with a status of its own', async () => {
  const { asked, heard, call, give } = node();
  const joining = call.join(new MediaStream(), null);
  await until(() => asked.includes('request_token'));
  give(answered('broken', 500));
  await joining;
  expect(heard).toEqual(['ended failed Could not execute critical network action']);
}, 30_000);
