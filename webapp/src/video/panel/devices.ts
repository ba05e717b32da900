// Camera, microphone and loudspeaker of this browser.

import type { Background } from '../background/background';
import { choose, chosen } from '../choices';
import type { Notice } from './machine';

/** The devices chosen, by their ids; empty: whatever the browser takes. */
export interface Choice {
  camera: string;
  microphone: string;
  speaker: string;
}

/** What Pexip Video Connect called them where it kept them. */
const BEFORE: Readonly<Record<keyof Choice, string>> = { camera: 'inputVideoDeviceId', microphone: 'inputAudioDeviceId', speaker: 'outputAudioDeviceId' };

/** What was chosen in this browser the last time. Chromium's `default` is whatever the system has. */
function remembered(kind: keyof Choice): string {
  return chosen(kind, BEFORE[kind], (id) => (id === 'default' ? '' : id)) ?? '';
}

/** A picture that is good enough and that every camera has; the node asks for less where the line is thin. */
const PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** What an error of `getUserMedia` is to whoever wants to be seen or heard. */
export function noticeOf(error: unknown, kind: 'camera' | 'microphone'): Notice {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'no_permission';
  if (name === 'NotReadableError' || name === 'AbortError') return 'in_use';
  return kind === 'camera' ? 'no_camera' : 'no_microphone';
}

/** How long to wait for further devices before all are looked for, in milliseconds: a dock brings several, each with an event of its own. */
const LOOK_AFTER = 250;

/** The names of errors by which `getUserMedia` says that there is no such device. */
const GONE = ['OverconstrainedError', 'NotFoundError'];

/** Our own sound and picture, with as much of them as there is. */
export class Devices {
  audio: MediaStreamTrack | undefined;
  /** The camera as it is: what of it is sent, `stream` says. */
  video: MediaStreamTrack | undefined;
  /** What somebody chose, now or in an earlier page; it may be gone, and come again. */
  private readonly wanted: Choice = { camera: remembered('camera'), microphone: remembered('microphone'), speaker: remembered('speaker') };
  /** What of that is in use; the loudspeaker only once it is known to be there. */
  readonly choice: Choice = { ...this.wanted, speaker: '' };
  /** Raised whenever nobody is to be seen or heard any more: what was asked for before and comes later is given back at once. */
  turn = 0;
  /** Those that there are, as they were found last; before one was in use, browsers tell of none. */
  known: readonly MediaDeviceInfo[] = [];
  private looking: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** A device that was in use has vanished. */
    private readonly vanished: (kind: 'camera' | 'microphone') => void,
    /** Other devices are there than before. */
    private readonly changed: () => void,
    readonly background: Background,
  ) {
    this.media?.addEventListener('devicechange', this.look);
  }

  private readonly look = () => {
    this.looking ??= setTimeout(() => {
      this.looking = undefined;
      void this.find();
    }, LOOK_AFTER);
  };

  private async find(): Promise<void> {
    const all = (await this.media?.enumerateDevices().catch(() => [])) ?? [];
    const named = (devices: readonly MediaDeviceInfo[]) => devices.map(({ kind, deviceId, label }) => kind + deviceId + label).join();
    const found = all.filter(({ deviceId }) => deviceId !== '');
    if (named(found) === named(this.known)) return;
    this.known = found;
    this.changed();
  }

  /** Undefined where the page is not from a secure origin. */
  private get media(): MediaDevices | undefined {
    return (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  }

  /** From now on, and in later pages: which device. */
  choose(kind: keyof Choice, device: string): void {
    this.choice[kind] = device;
    this.wanted[kind] = device;
    choose(kind, device);
  }

  /** The loudspeaker that was chosen, where it is there. */
  get speaker(): string {
    const { speaker } = this.wanted;
    return this.known.some(({ kind, deviceId }) => kind === 'audiooutput' && deviceId === speaker) ? speaker : '';
  }

  /** Takes the microphone; a remark instead where it cannot be had. */
  async takeMicrophone(): Promise<Notice | null> {
    return this.take('microphone', { echoCancellation: true, noiseSuppression: true });
  }

  /** Takes the camera; a remark instead where it cannot be had. */
  async takeCamera(): Promise<Notice | null> {
    const notice = await this.take('camera', PICTURE);
    const { video } = this;
    if (notice || !video || (await this.background.take(video))) return notice;
    if (this.video === video) this.dropCamera();
    return 'background_lost';
  }

  /** The device that is chosen; where that is not there any more, it is chosen no longer, and any other does. */
  private async ask(media: MediaDevices, kind: 'camera' | 'microphone', wanted: MediaTrackConstraints): Promise<MediaStream> {
    const key = kind === 'camera' ? 'video' : 'audio';
    const chosen = this.choice[kind];
    if (chosen === '') return media.getUserMedia({ [key]: wanted });
    try {
      return await media.getUserMedia({ [key]: { ...wanted, deviceId: { exact: chosen } } });
    } catch (error) {
      if (!(error instanceof Error) || !GONE.includes(error.name)) throw error;
      this.choice[kind] = '';
      return media.getUserMedia({ [key]: wanted });
    }
  }

  private async take(kind: 'camera' | 'microphone', wanted: MediaTrackConstraints): Promise<Notice | null> {
    const { media, turn } = this;
    if (!media) return 'insecure';
    try {
      const [track] = (await this.ask(media, kind, wanted)).getTracks();
      if (!track) return kind === 'camera' ? 'no_camera' : 'no_microphone';
      if (this.turn !== turn) {
        track.stop();
        return null;
      }
      const key = kind === 'camera' ? 'video' : 'audio';
      this[key]?.stop();
      this[key] = track;
      track.addEventListener('ended', () => {
        if (this[key] !== track) return;
        this[key] = undefined;
        if (kind === 'camera') this.background.drop();
        this.look();
        this.vanished(kind);
      });
      this.look();
      return null;
    } catch (error) {
      return noticeOf(error, kind);
    }
  }

  /** Gives the camera back, so that its light goes out. */
  dropCamera(): void {
    this.background.drop();
    this.video?.stop();
    this.video = undefined;
  }

  /** What is sent, and shown of oneself. */
  stream(): MediaStream {
    return new MediaStream([this.audio, this.background.outgoing(this.video)].filter((track) => track !== undefined));
  }

  /** Gives everything back. The next time it is looked anew whether what was chosen is there. */
  forget(): void {
    this.turn += 1;
    this.choice.camera = this.wanted.camera;
    this.choice.microphone = this.wanted.microphone;
    this.background.drop();
    const tracks = [this.audio, this.video];
    this.audio = undefined;
    this.video = undefined;
    tracks.forEach((track) => track?.stop());
  }

  stop(): void {
    this.media?.removeEventListener('devicechange', this.look);
    clearTimeout(this.looking);
    this.forget();
  }
}
