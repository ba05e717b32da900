// A visit of a conference, from the preview to its end: it stays when the panel is closed.

import type { Context } from '../../part';
import { ELSEWHERE, TAKEN_OVER } from '../call';
import { Background } from '../background/background';
import type { Effect } from '../background/effects';
import { refusalOf, statusOf, type Problem } from '../problems';
import { Devices } from './devices';
import { busy, initial, isPassing, lockOf, mayUnmute, me, reduce, together, type Event, type PinWanted, type State } from './machine';
import type { Heard, NodeCall, Room } from './node';
import { Participation } from './participation';
import { capture } from './screen';
import { Speaker } from './speaker';

/** How long it is said that something was done, in milliseconds; what went wrong stays. */
export const SAID_FOR = 5_000;

/** For how long a node may have us wait for any answer of its own to a call, in milliseconds; being asked for a PIN, and the waiting room, are such. */
export const ANSWERED_WITHIN = 30_000;

/** Makes calls: `NodeCall`, or a test's. */
export type Dial = (room: Room, heard: Heard) => Pick<NodeCall, keyof NodeCall>;

export class Session {
  state: State = initial();
  readonly devices: Devices;
  /** What comes from the node. */
  remote: MediaStream | undefined;
  presentation: MediaStream | undefined;
  own: MediaStream | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly speaker = new Speaker();
  private call: ReturnType<Dial> | undefined;
  private readonly participation: Participation;
  /** Ends a call that the node does not answer. */
  private patience: ReturnType<typeof setTimeout> | undefined;
  private saying: ReturnType<typeof setTimeout> | undefined;
  private screen: MediaStreamTrack | undefined;
  private guest = false;
  private preparing: Promise<void> | undefined;

  constructor(
    context: Pick<Context, 'api' | 'file' | 'onMessage'>,
    private readonly dial: Dial,
  ) {
    this.devices = new Devices(
      (kind) => this.lost(kind),
      () => this.others(),
      new Background((name) => context.file(name), {
        changed: () => this.tell(),
        rerouted: () => this.resend(),
        failed: () => this.unhidden(),
      }),
    );
    this.participation = new Participation(context.api, {
      conference: (conference) => this.play({ type: 'conference', sip: conference.sip, lock: lockOf(conference) }),
      gone: (gone) => {
        if (this.state.serverGone !== gone) this.play({ type: 'server', gone });
      },
      over: (why, text) => this.end(why, text),
    });
    window.addEventListener('pagehide', this.unload);
    context.onMessage(TAKEN_OVER, (message) => {
      if (this.participation.isTakenOver(message)) this.end('taken_over', '');
    });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    this.listeners.forEach((listener) => listener());
  }

  private play(event: Event): void {
    const { notice } = this.state;
    this.state = reduce(this.state, event);
    if (this.state.phase.at !== 'joining') clearTimeout(this.patience);
    if (this.state.notice !== notice || event.type === 'notice') this.forgetLater();
    this.tell();
  }

  /** What was done is said for some seconds; what went wrong stays. */
  private forgetLater(): void {
    clearTimeout(this.saying);
    const { notice } = this.state;
    if (!isPassing(notice)) return;
    this.saying = setTimeout(() => {
      if (this.state.notice === notice) this.play({ type: 'notice', notice: null });
    }, SAID_FOR);
  }

  get isBusy(): boolean {
    return busy(this.state);
  }

  /** Whether camera and microphone are being asked for. */
  get isPreparing(): boolean {
    return this.preparing !== undefined;
  }

  /** Shows the preview of a channel's conference; while one is on, it is asked whether to leave that. */
  async open(channelId: string): Promise<void> {
    this.play({ type: 'open', channelId });
    if (!this.isBusy) await this.prepare();
  }

  /** Goes on with the conference that is on, whatever channel another one was asked for in. */
  stay(): void {
    this.play({ type: 'stay' });
  }

  /** Leaves it for the one that was asked for meanwhile. */
  async change(): Promise<void> {
    const { wanted } = this.state;
    if (wanted === null) return;
    this.leave();
    await this.open(wanted);
  }

  /** The panel is closed: without a call, nobody is to be seen or heard. */
  rest(): void {
    if (this.isBusy) return;
    this.forget();
    this.tell();
  }

  /** Takes microphone and camera for the preview. Each may be missing. */
  private prepare(): Promise<void> {
    if (!this.preparing) {
      const all = this.takeAll().finally(() => {
        if (this.preparing === all) this.preparing = undefined;
        this.tell();
      });
      this.preparing = all;
      this.tell();
    }
    return this.preparing;
  }

  private async takeAll(): Promise<void> {
    const { turn } = this.devices;
    const heard = this.devices.audio ? null : await this.devices.takeMicrophone();
    // Nobody wants to be seen any more.
    if (this.devices.turn !== turn) return;
    const seen = this.devices.video || this.state.videoMuted ? null : await this.devices.takeCamera();
    if (heard) this.play({ type: 'audio', muted: true });
    if (seen) this.play({ type: 'video', muted: true });
    this.play({ type: 'notice', notice: together(heard, seen) });
    this.refresh();
  }

  private refresh(): void {
    if (this.devices.audio) this.devices.audio.enabled = !this.state.audioMuted;
    this.own = this.devices.stream();
    this.tell();
  }

  async join(how: { takeOver?: boolean; pin?: string } = {}): Promise<void> {
    if (this.isBusy && this.state.phase.at !== 'pin') return;
    this.play({ type: 'join' });
    if (!this.participation.conference || how.pin === undefined) {
      try {
        // Who left meanwhile may have joined again.
        if (!(await this.participation.ask(this.state.channelId, how.takeOver === true))) return;
      } catch (error) {
        const { why, text } = refusalOf(error);
        if (statusOf(error).code === ELSEWHERE) this.play({ type: 'elsewhere' });
        else this.end(why, text);
        return;
      }
    }
    if (this.state.phase.at === 'joining') await this.ring(how.pin ?? this.participation.conference?.pin ?? null, how.pin !== undefined);
  }

  /** Calls; `typed`: the PIN is theirs, and not that of the plugin's settings. */
  private async ring(pin: string | null, typed: boolean): Promise<void> {
    const room = this.participation.conference;
    if (!room) return;
    // Both may be on their way: a question of the browser's, or what hides what is behind.
    if (this.preparing || (!this.devices.audio && !this.devices.video)) await this.prepare();
    // They left while the browser asked whether camera and microphone may be taken.
    if (this.participation.conference !== room) return;
    const call = this.dial(room, {
      remote: (stream) => {
        this.remote = stream;
        this.speaker.play(stream);
        this.tell();
      },
      presentation: (stream) => {
        this.presentation = stream;
        this.tell();
      },
      admitted: (is) => {
        this.play({ type: is ? 'in' : 'waiting' });
        if (is) this.announce();
      },
      people: (people, presenter) => {
        const wasMuted = me(this.state)?.isMutedByHost === true;
        this.play({ type: 'people', people });
        const own = me(this.state);
        // What it was raised for has come about.
        if (wasMuted && own?.isMutedByHost === false && own.handRaised) void this.call?.raiseHand(false);
        this.play({ type: 'presenter', name: presenter });
      },
      rules: (locked, guestsCanUnmute) => this.play({ type: 'rules', locked, guestsCanUnmute }),
      reconnecting: (is) => this.play({ type: 'reconnecting', is }),
      sharing: (is) => {
        if (!is) this.screenOff();
        this.play({ type: 'sharing', sharing: is ? 'yes' : 'no' });
      },
      pinWanted: (guests) => {
        if (guests && pin === null && !this.guest) {
          this.guest = true;
          void this.ring('none', false);
        } else {
          this.play({ type: 'pin', why: room.host && room.pin === null ? 'unset' : 'asked' });
        }
      },
      ended: (why, text) => {
        const wanted: PinWanted = typed || room.pin === null ? 'wrong' : 'settings';
        if (why === 'wrong_pin' && this.state.phase.at === 'joining') this.play({ type: 'pin', why: wanted });
        else this.end(why, text);
      },
    });
    this.call = call;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.end('no_answer', ''), ANSWERED_WITHIN);
    await call.join(this.devices.stream(), pin);
  }

  /** We are in: Mattermost is told, and so are the others what of us is off. */
  private announce(): void {
    if (!this.participation.announce()) return;
    if (this.state.audioMuted) this.call?.tellMuted(true);
    if (this.state.videoMuted) this.call?.tellCameraMuted(true);
  }

  async muteAudio(muted: boolean): Promise<void> {
    if (!muted && !this.devices.audio) {
      const notice = await this.devices.takeMicrophone();
      this.play({ type: 'notice', notice });
      if (notice) return;
      this.call?.send(this.devices.stream());
    }
    this.play({ type: 'audio', muted });
    this.call?.tellMuted(muted);
    this.refresh();
  }

  /** A host muted us, and we take that back where we may. */
  async unmuteSelf(): Promise<void> {
    const { call } = this;
    const own = me(this.state);
    if (!call || !own || !mayUnmute(this.state)) return;
    if (this.state.audioMuted) await this.muteAudio(false);
    if (!(await call.mute(own.id, false))) this.play({ type: 'notice', notice: 'control_failed' });
  }

  async raiseHand(raise: boolean): Promise<void> {
    if (this.call && !(await this.call.raiseHand(raise))) this.play({ type: 'notice', notice: 'control_failed' });
  }

  async muteVideo(muted: boolean): Promise<void> {
    if (muted) {
      this.devices.dropCamera();
    } else {
      const notice = await this.devices.takeCamera();
      this.play({ type: 'notice', notice });
      if (notice) return;
    }
    this.play({ type: 'video', muted });
    this.call?.send(this.devices.stream());
    this.call?.tellCameraMuted(muted);
    this.refresh();
  }

  /** Takes another device, in the preview or in the call. */
  async choose(kind: 'camera' | 'microphone' | 'speaker', device: string): Promise<void> {
    this.devices.choose(kind, device);
    if (kind === 'speaker') {
      await this.hearBy(device);
      return;
    }
    const notice = kind === 'microphone' ? await this.devices.takeMicrophone() : this.state.videoMuted ? null : await this.devices.takeCamera();
    this.play({ type: 'notice', notice });
    if (!notice) this.call?.send(this.devices.stream());
    this.refresh();
  }

  private async hearBy(device: string): Promise<void> {
    const { choice } = this.devices;
    choice.speaker = device;
    if (!(await this.speaker.use(device)) && choice.speaker === device) choice.speaker = '';
    this.tell();
  }

  /** Shows something else behind, or what is there. */
  async showBehind(effect: Effect): Promise<void> {
    const is = await this.devices.background.choose(effect);
    this.play({ type: 'notice', notice: is ? null : 'background_failed' });
  }

  /** Shows a picture of theirs behind. */
  async showPicture(file: Blob): Promise<void> {
    if (await this.devices.background.takePicture(file)) await this.showBehind('own');
    else this.play({ type: 'notice', notice: 'picture_failed' });
  }

  async forgetPicture(): Promise<void> {
    if (!(await this.devices.background.forgetPicture())) this.play({ type: 'notice', notice: 'background_failed' });
  }

  /** Another track than before goes out. */
  private resend(): void {
    this.call?.send(this.devices.stream());
    this.refresh();
  }

  /** What is behind cannot be hidden any more. */
  private unhidden(): void {
    this.devices.dropCamera();
    this.play({ type: 'video', muted: true });
    this.play({ type: 'notice', notice: 'background_lost' });
    this.call?.tellCameraMuted(true);
    this.resend();
  }

  /** Other devices are there than before. */
  private others(): void {
    const { choice, speaker } = this.devices;
    if (speaker !== choice.speaker) void this.hearBy(speaker);
    this.tell();
  }

  private lost(kind: 'camera' | 'microphone'): void {
    if (kind === 'camera') this.play({ type: 'video', muted: true });
    else this.play({ type: 'audio', muted: true });
    this.play({ type: 'notice', notice: kind === 'camera' ? 'camera_gone' : 'microphone_gone' });
    this.call?.send(this.devices.stream());
    // The others see why there is no picture, or no sound.
    if (kind === 'camera') this.call?.tellCameraMuted(true);
    else this.call?.tellMuted(true);
    this.refresh();
  }

  /** Shares a screen; `source` is one of the Desktop App's. */
  async share(source?: string): Promise<void> {
    this.play({ type: 'sharing', sharing: 'starting' });
    let stream: MediaStream | undefined;
    try {
      stream = await capture(source);
      const [track] = stream.getVideoTracks();
      if (!track || !this.call) throw new Error('nothing to share');
      this.screen = track;
      // The browser's own button.
      track.addEventListener('ended', () => this.stopSharing());
      this.call.share(stream);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      this.play({ type: 'sharing', sharing: 'no' });
      const isOwnWill = error instanceof Error && error.name === 'NotAllowedError';
      if (!isOwnWill) this.play({ type: 'notice', notice: 'share_failed' });
    }
  }

  stopSharing(): void {
    this.call?.stopSharing();
    this.screenOff();
    this.play({ type: 'sharing', sharing: 'no' });
  }

  private screenOff(): void {
    this.screen?.stop();
    this.screen = undefined;
  }

  async host(what: 'admit' | 'mute' | 'unmute' | 'remove' | 'lock' | 'unlock', id = ''): Promise<void> {
    const { call } = this;
    if (!call) return;
    const does = { admit: () => call.admit(id), mute: () => call.mute(id, true), unmute: () => call.mute(id, false),
      remove: () => call.remove(id), lock: () => call.lock(true), unlock: () => call.lock(false) };
    if (!(await does[what]())) {
      this.play({ type: 'notice', notice: 'control_failed' });
      return;
    }
    const person = this.state.people.find((one) => one.id === id);
    // Without a word nothing would seem to come of it.
    if (what === 'unmute' && person?.isMuted) this.play({ type: 'notice', notice: 'own_microphone', about: person.name });
  }

  notice(notice: State['notice']): void {
    this.play({ type: 'notice', notice });
  }

  leave(): void {
    void this.call?.leave();
    this.end(null, '');
  }

  /** Back to the preview. */
  async back(): Promise<void> {
    await this.open(this.state.channelId);
  }

  private end(why: Problem | null, text: string): void {
    // What was taken over the server has let go of.
    this.participation.end(why !== 'taken_over');
    if (why !== null) void this.call?.leave();
    this.forget();
    this.play({ type: 'ended', why, text });
  }

  private forget(): void {
    // What the browser still asks for is nobody's any more.
    this.preparing = undefined;
    this.call = undefined;
    this.guest = false;
    this.screenOff();
    this.devices.forget();
    this.remote = undefined;
    this.presentation = undefined;
    this.own = undefined;
    this.speaker.silence();
  }

  private readonly unload = () => {
    this.call?.leaveAtUnload();
    this.participation.leaveAtUnload();
  };

  /** The plugin is stopped. */
  stop(): void {
    if (this.isBusy) this.leave();
    window.removeEventListener('pagehide', this.unload);
    clearTimeout(this.saying);
    this.devices.stop();
    this.listeners.clear();
  }
}
