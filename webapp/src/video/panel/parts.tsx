// What preview and call share.

import React, { useEffect, useRef, type ReactElement } from 'react';
import { BackgroundChoice } from './behind';
import { mayUnmute, me } from './machine';
import type { Shown } from './view';

/** How often to look whether pictures still come, and after how long without one they have stopped, in milliseconds. */
const LOOK_EVERY = 500;
export const STILL_AFTER = 2_000;

interface Shows {
  stream: MediaStream | undefined;
  className?: string;
  label: string;
  /** Told when pictures stop, and when they come again: browsers leave the last one standing. */
  stands?: (stands: boolean) => void;
}

/** How many pictures were shown; nothing where the browser does not tell. */
function shownOf(video: HTMLVideoElement | null): number | undefined {
  const { getVideoPlaybackQuality: ask } = (video ?? {}) as { getVideoPlaybackQuality?: () => VideoPlaybackQuality };
  return video ? ask?.call(video).totalVideoFrames : undefined;
}

/** A video without sound: the session plays that, whether or not the panel is open. */
export function Picture({ stream, className, label, stands }: Shows): ReactElement {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (!stands) return undefined;
    let before: number | undefined;
    let since = performance.now();
    const timer = setInterval(() => {
      const shown = shownOf(video.current);
      // In a page that nobody looks at, browsers show none.
      if (shown === undefined || shown !== before || document.hidden) {
        before = shown;
        since = performance.now();
      }
      stands(performance.now() - since >= STILL_AFTER);
    }, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [stream, stands]);
  useEffect(() => {
    if (video.current && video.current.srcObject !== (stream ?? null)) video.current.srcObject = stream ?? null;
  }, [stream]);
  return <video ref={video} className={className} aria-label={label} autoPlay muted playsInline />;
}

export function Toggles({ session, t }: Shown): ReactElement {
  const { videoMuted } = session.state;
  return (
    <div className='switchboard-video__row' role='group' aria-label={t('video.own')}>
      <Microphone session={session} t={t} />
      <button type='button' className={videoMuted ? OFF : undefined} onClick={() => void session.muteVideo(!videoMuted)}>
        {t(videoMuted ? 'video.camera_on' : 'video.camera_off')}
      </button>
    </div>
  );
}

/** What a button looks like whose device is off. */
const OFF = 'switchboard-video__off';

function Microphone({ session, t }: Shown): ReactElement {
  const { state } = session;
  const { audioMuted } = state;
  if (me(state)?.isMutedByHost === true) {
    const may = mayUnmute(state);
    return (
      <button type='button' className={OFF} disabled={!may} onClick={() => void session.unmuteSelf()}>
        {t(may ? 'video.unmute_self' : 'video.muted_by_host')}
      </button>
    );
  }
  return (
    <button type='button' className={audioMuted ? OFF : undefined} onClick={() => void session.muteAudio(!audioMuted)}>
      {t(audioMuted ? 'video.microphone_on' : 'video.microphone_off')}
    </button>
  );
}

/** That a host muted us, and how to be heard again. */
export function MutedByHost({ session, t }: Shown): ReactElement {
  const { state } = session;
  const own = me(state);
  const is = own?.isMutedByHost === true;
  const may = mayUnmute(state);
  const raised = own?.handRaised === true;
  return (
    <>
      <div role='status' className='switchboard-video__notice'>{is ? t(may ? 'video.muted_by_host.self' : 'video.muted_by_host.ask') : null}</div>
      {is && !may ? (
        <div className='switchboard-video__row'>
          <button type='button' onClick={() => void session.raiseHand(!raised)}>{t(raised ? 'video.hand_down' : 'video.hand_up')}</button>
        </div>
      ) : null}
    </>
  );
}

const KINDS = [
  ['camera', 'videoinput'],
  ['microphone', 'audioinput'],
  ['speaker', 'audiooutput'],
] as const;

export function DeviceChoice({ session, t }: Shown): ReactElement {
  return (
    <details>
      <summary>{t('video.devices')}</summary>
      {KINDS.map(([kind, wanted]) => <Choice key={kind} session={session} t={t} kind={kind} wanted={wanted} />)}
      <BackgroundChoice session={session} t={t} />
    </details>
  );
}

function Choice({ session, t, kind, wanted }: Shown & { kind: 'camera' | 'microphone' | 'speaker'; wanted: MediaDeviceKind }): ReactElement | null {
  const devices = session.devices.known.filter((device) => device.kind === wanted);
  if (devices.length === 0) return null;
  return (
    <label>
      {t(`video.${kind}`)}
      <select value={session.devices.choice[kind]} onChange={(event) => void session.choose(kind, event.target.value)}>
        <option value=''>{t('video.automatic')}</option>
        {devices.filter((one) => one.deviceId !== 'default').map((one) => <option key={one.deviceId} value={one.deviceId}>{one.label}</option>)}
      </select>
    </label>
  );
}
