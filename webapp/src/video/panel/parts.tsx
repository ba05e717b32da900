// What preview and call share.

import React, { useEffect, useRef, type ReactElement } from 'react';
import { BackgroundChoice } from './behind';
import type { Shown } from './view';

/** A video without sound: the session plays that, whether or not the panel is open. */
export function Picture({ stream, className, label }: { stream: MediaStream | undefined; className?: string; label: string }): ReactElement {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current && video.current.srcObject !== (stream ?? null)) video.current.srcObject = stream ?? null;
  }, [stream]);
  return <video ref={video} className={className} aria-label={label} autoPlay muted playsInline />;
}

export function Toggles({ session, t }: Shown): ReactElement {
  const { audioMuted, videoMuted } = session.state;
  return (
    <div className='switchboard-video__row' role='group' aria-label={t('video.own')}>
      <button type='button' aria-pressed={audioMuted} onClick={() => void session.muteAudio(!audioMuted)}>{t('video.mute_audio')}</button>
      <button type='button' aria-pressed={videoMuted} onClick={() => void session.muteVideo(!videoMuted)}>{t('video.mute_video')}</button>
    </div>
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
