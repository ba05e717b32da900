// The call at the conferencing node, by Pexip's own library.

import {
  ClientCallType, createCallSignals, createInfinityClient, createInfinityClientSignals, setLogger, type Participant, type ParticipantID,
} from '@pexip/infinity';
import { setLogger as setPeerLogger } from '@pexip/peer-connection';
import { setLogger as setSignalLogger } from '@pexip/signal';
import { isReachable } from '../call';
import { problemOf, type Problem } from '../problems';
import type { Person } from './machine';

/** Kilobits a second for each direction, unless the node allows less. */
const BANDWIDTH = 1264;

export interface Heard {
  remote(stream: MediaStream): void;
  presentation(stream: MediaStream): void;
  /** Whether we are in, or in the waiting room. */
  admitted(is: boolean): void;
  people(people: readonly Person[], presenter: string | null): void;
  /** Whether it is locked, and whether guests whom a host muted may unmute themselves. */
  rules(locked: boolean, guestsCanUnmute: boolean): void;
  reconnecting(is: boolean): void;
  sharing(is: boolean): void;
  /** The node asks for a PIN; `guests`: it lets people in without one. */
  pinWanted(guests: boolean): void;
  ended(why: Problem, text: string): void;
}

export interface Room {
  origin: string;
  alias: string;
  displayName: string;
}

// It would write every request into the browser's console.
const quiet = () => undefined;
const silent = {
  trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet, silent: quiet,
  addRedactPattern: quiet,
  redact: (text: string) => text,
};
setLogger(silent);
setPeerLogger(silent);
setSignalLogger(silent);

function personOf(participant: Participant, me: string | undefined): Person {
  return {
    id: participant.uuid,
    name: participant.displayName ?? participant.uri,
    isMe: participant.uuid === me,
    isHost: participant.isHost,
    isMuted: participant.isClientMuted,
    isMutedByHost: participant.isMuted,
    handRaised: participant.raisedHand,
    isCameraMuted: participant.isCameraMuted,
    isPresenting: participant.isPresenting,
    isWaiting: participant.isWaiting,
  };
}

/** One visit of a room. */
export class NodeCall {
  private readonly signals = createInfinityClientSignals([], { batchScheduleTimeoutMS: 100, batchBufferSize: 20 });
  private readonly calls = createCallSignals([]);
  private readonly client = createInfinityClient(this.signals, this.calls);
  private token = '';
  private over = false;
  private isConnected = false;

  constructor(
    private readonly room: Room,
    private readonly heard: Heard,
  ) {
    const { signals, calls } = this;
    const tell = (does: () => void) => {
      if (!this.over) does();
    };
    calls.onRemoteStream.add((stream) => tell(() => heard.remote(stream)));
    calls.onRemotePresentationStream.add((stream) => tell(() => heard.presentation(stream)));
    calls.onReconnecting.add(() => tell(() => heard.reconnecting(true)));
    calls.onReconnected.add(() => tell(() => heard.reconnecting(false)));
    calls.onCallConnected.add(() => tell(() => this.connected()));
    calls.onPresentationConnectionChange.add(({ send }) => tell(() => heard.sharing(send === 'connected' || send === 'connecting')));
    signals.onAuthenticatedWithConference.add(({ token }) => {
      this.token = token;
    });
    signals.onTokenRefreshed.add(({ token }) => {
      this.token = token;
    });
    const people = () => tell(() => this.people());
    signals.onParticipants.add(people);
    signals.onParticipantJoined.add(people);
    signals.onParticipantUpdated.add(people);
    signals.onParticipantLeft.add(people);
    signals.onMe.add(people);
    signals.onConferenceStatus.add(({ status }) => tell(() => heard.rules(status.locked, status.guestsCanUnmute === true)));
    signals.onPinRequired.add(({ hasGuestPin }) => tell(() => heard.pinWanted(!hasGuestPin)));
    signals.onIdp.add(() => this.end('sign_in', ''));
    signals.onError.add(({ error, errorCode }) => {
      // Before the call stands these end it; afterwards the library tries again, or tells of a disconnection.
      if (!this.isConnected || errorCode === '#pex128') this.end(problemOf(errorCode, error), error);
    });
    signals.onCallDisconnected.add(() => this.end('media', ''));
    signals.onDisconnected.add(({ error, errorCode }) => this.end(problemOf(errorCode, error), error));
  }

  private connected(): void {
    this.isConnected = true;
    this.heard.reconnecting(false);
    this.people();
  }

  private people(): void {
    const me = this.client.getMe();
    const all = this.client.getParticipants('main');
    const people = all.filter((one) => !one.isStreaming).map((one) => personOf(one, me?.uuid));
    const presenter = people.find((one) => one.isPresenting && !one.isMe);
    this.heard.people(people, presenter?.name ?? null);
    if (me) this.heard.admitted(!me.isWaiting);
  }

  /** A function, as it may have changed while something was waited for. */
  private isOver(): boolean {
    return this.over;
  }

  private end(why: Problem, text: string): void {
    if (this.over) return;
    this.over = true;
    this.heard.ended(why, text);
  }

  /** Calls; `pin` is `none` for a guest who has none. */
  async join(stream: MediaStream, pin: string | null): Promise<void> {
    const { origin, alias, displayName } = this.room;
    // The library does not tell a node that is down from one that answers wrongly.
    if (!(await isReachable(origin))) {
      this.end('unreachable', '');
      return;
    }
    if (this.over) return;
    try {
      await this.client.call({
        conferenceAlias: alias, displayName, host: origin, node: new URL(origin).host, bandwidth: BANDWIDTH, mediaStream: stream,
        callType: ClientCallType.AudioVideoPresentation, directMedia: false, ...(pin === null ? {} : { pin }),
      });
      // They left while it was being made: the library had nothing yet that it could end.
      if (this.isOver()) await this.client.disconnect({ reason: 'User initiated disconnect' }).catch(quiet);
    } catch {
      this.end('failed', '');
    }
  }

  /** Sends other tracks than before. */
  send(stream: MediaStream): void {
    this.client.setStream(stream);
  }

  share(stream: MediaStream): void {
    this.client.present(stream);
  }

  stopSharing(): void {
    this.client.stopPresenting();
  }

  /** Tells the others that our sound is off: older nodes have no such request. */
  tellMuted(mute: boolean): void {
    void this.client.clientMute({ mute }).catch(quiet);
  }

  tellCameraMuted(muteVideo: boolean): void {
    void this.client.muteVideo({ muteVideo }).catch(quiet);
  }

  async admit(id: string): Promise<boolean> {
    return did(this.client.admit({ participantUuid: id as ParticipantID }));
  }

  async mute(id: string, mute: boolean): Promise<boolean> {
    return did(this.client.mute({ participantUuid: id as ParticipantID, mute }));
  }

  /** Shows the hosts that we want to be heard. */
  async raiseHand(raise: boolean): Promise<boolean> {
    return did(this.client.raiseHand({ raise }));
  }

  async remove(id: string): Promise<boolean> {
    return did(this.client.kick({ participantUuid: id as ParticipantID }));
  }

  async lock(lock: boolean): Promise<boolean> {
    return did(this.client.lock({ lock }));
  }

  async leave(): Promise<void> {
    this.over = true;
    await this.client.disconnect({ reason: 'User initiated disconnect' }).catch(quiet);
  }

  /** The page goes away. The library's own beacon is not let through by a node's answer to its preflight. */
  leaveAtUnload(): void {
    this.over = true;
    if (this.token === '') return;
    const address = `${this.room.origin}/api/client/v2/conferences/${encodeURIComponent(this.room.alias)}/release_token`;
    fetch(address, { method: 'POST', keepalive: true, headers: { token: this.token } }).catch(quiet);
  }
}

async function did(request: Promise<{ status: number } | undefined>): Promise<boolean> {
  try {
    return (await request)?.status === 200;
  } catch {
    return false;
  }
}
