// Our own screen: the browser's own choice of one, or the choice of the Mattermost Desktop App's.

import { desktopApi, type Source } from '../../desktop';

/** How long the Desktop App may take to say what there is to share, in milliseconds. */
const PATIENCE = 5_000;

const ASKED = { types: ['window', 'screen'], thumbnailSize: { height: 216, width: 384 } };

/** What there is to share, from the Desktop App: by its API (5.10 and later), or by messages (before 5.7). */
export async function sources(): Promise<Source[]> {
  const ask = desktopApi()?.getDesktopSources;
  if (ask) return ask(ASKED);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', hear);
      reject(new Error('no answer'));
    }, PATIENCE);
    const hear = ({ origin, data }: MessageEvent<unknown>) => {
      const told = data as { type?: unknown; message?: unknown } | null;
      if (origin !== window.location.origin || told?.type !== 'desktop-sources-result' || !Array.isArray(told.message)) return;
      clearTimeout(timer);
      window.removeEventListener('message', hear);
      resolve(told.message as Source[]);
    };
    window.addEventListener('message', hear);
    window.postMessage({ type: 'get-desktop-sources', message: ASKED }, window.location.origin);
  });
}

/** The stream of a screen or window; `source` is one of the Desktop App's. */
export async function capture(source?: string): Promise<MediaStream> {
  if (source === undefined) return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15 } }, audio: false });
  // Electron's own way: its "desktopCapturer".
  const video = { mandatory: { chromeMediaSource: 'desktop', chromeMediaSourceId: source, maxFrameRate: 15 } };
  return navigator.mediaDevices.getUserMedia({ video: video as unknown as MediaTrackConstraints, audio: false });
}
