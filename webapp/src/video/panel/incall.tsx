// The call itself.

import React, { useRef, useState, type ReactElement } from 'react';
import { inDesktopApp, type Source } from '../../desktop';
import type { Translate } from '../../i18n';
import type { Person } from './machine';
import { DeviceChoice, Picture, Toggles } from './parts';
import { popOut } from './popout';
import { sources } from './screen';
import type { Shown } from './view';

export function Call({ session, t }: Shown): ReactElement {
  const { state } = session;
  const [stands, setStands] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const others = state.people.filter((person) => !person.isMe && !person.isWaiting);
  const absent = whyAbsent(others, stands, state.hadOthers, t);
  const expand = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void frame.current?.closest('section')?.requestFullscreen().catch(() => undefined);
  };
  return (
    <>
      {state.presenter === null ? null : <Presentation session={session} t={t} name={state.presenter} />}
      <div ref={frame} className='switchboard-video__stage'>
        <Picture stream={session.remote} label={t('video.others')} stands={setStands} />
        {absent === null ? null : <div className='switchboard-video__empty'>{absent}</div>}
        {state.videoMuted ? null : <Picture stream={session.own} className='switchboard-video__self' label={t('video.own')} />}
      </div>
      <Toggles session={session} t={t} />
      <div className='switchboard-video__row'>
        <Share session={session} t={t} />
        <button type='button' onClick={expand}>{t('video.expand')}</button>
        <button type='button' className='switchboard-video__end' onClick={() => session.leave()}>{t('video.leave')}</button>
      </div>
      <People session={session} t={t} />
      <DeviceChoice session={session} t={t} />
      {state.sip === '' ? null : <Sip session={session} t={t} />}
    </>
  );
}

/** What stands in place of the others' picture: the last one that came, as if it were now, must not. */
function whyAbsent(others: readonly Person[], stands: boolean, hadOthers: boolean, t: Translate): string | null {
  const [first, second] = others;
  if (!first) return t(hadOthers ? 'video.alone_again' : 'video.alone');
  if (!stands) return null;
  if (!others.every((person) => person.isCameraMuted)) return t('video.no_picture');
  return second ? t('video.cameras_off') : t('video.camera_off_of', { name: first.name });
}

function Presentation({ session, t, name }: Shown & { name: string }): ReactElement {
  const label = t('video.presents', { name });
  return (
    <>
      <h3>{label}</h3>
      <div className='switchboard-video__stage'><Picture stream={session.presentation} label={label} /></div>
      <div className='switchboard-video__row'>
        <button type='button' onClick={() => popOut(session, label)}>{t('video.pop_out')}</button>
      </div>
    </>
  );
}

function Share({ session, t }: Shown): ReactElement {
  const [offered, offer] = useState<Source[] | null>(null);
  const { sharing } = session.state;
  if (sharing === 'yes') return <button type='button' onClick={() => session.stopSharing()}>{t('video.share_stop')}</button>;
  const begin = () => {
    if (!inDesktopApp()) void session.share();
    // What has nothing to offer may have a dialogue of its own; where it has none, sharing fails in words.
    else sources().then(offer, () => void session.share());
  };
  const take = (source: string) => {
    offer(null);
    void session.share(source);
  };
  return (
    <>
      <button type='button' disabled={sharing === 'starting'} onClick={begin}>{t('video.share')}</button>
      {offered ? (
        <div role='group' aria-label={t('video.share_what')} className='switchboard-video__sources'>
          {offered.map((one) => (
            <button key={one.id} type='button' onClick={() => take(one.id)}><img src={one.thumbnailURL} alt='' />{one.name}</button>
          ))}
          <button type='button' onClick={() => offer(null)}>{t('video.cancel')}</button>
        </div>
      ) : null}
    </>
  );
}

function People({ session, t }: Shown): ReactElement {
  const { people, locked, lock } = session.state;
  const isHost = people.some((person) => person.isMe && person.isHost);
  return (
    <div className='switchboard-video__people'>
      <h3>{t('video.people', { count: people.length })}</h3>
      <ul>{people.map((person) => <One key={person.id} session={session} t={t} person={person} mayControl={isHost && !person.isMe} />)}</ul>
      {isHost ? (
        <>
          <div className='switchboard-video__row switchboard-video__small'>
            <button type='button' onClick={() => void session.host(locked ? 'unlock' : 'lock')}>{t(locked ? 'video.unlock' : 'video.lock')}</button>
          </div>
          <p className='switchboard-video__hint'>{t(`video.lock.${lock}`)}</p>
        </>
      ) : null}
    </div>
  );
}

function One({ session, t, person, mayControl }: Shown & { person: Person; mayControl: boolean }): ReactElement {
  const { id, name } = person;
  const marks = [
    person.isMe && t('video.me'),
    person.isWaiting && t('video.is_waiting'),
    person.isMutedByHost && t('video.is_muted_by_host'),
    person.isMuted && t('video.is_muted'),
    person.isCameraMuted && t('video.is_camera_muted'),
    person.isPresenting && t('video.is_presenting'),
    person.handRaised && t('video.is_hand_up'),
  ].filter((mark) => mark !== false);
  const does = (what: 'admit' | 'mute' | 'unmute' | 'remove') => (
    <button type='button' aria-label={t(`video.${what}_name`, { name })} onClick={() => void session.host(what, id)}>{t(`video.${what}`)}</button>
  );
  return (
    <li>
      <span className='switchboard-video__name'>{name}</span>
      {marks.map((mark) => <span key={mark} className='switchboard-video__mark'>{mark}</span>)}
      {mayControl ? (
        <span className='switchboard-video__row switchboard-video__small'>
          {person.isWaiting ? does('admit') : does(person.isMutedByHost ? 'unmute' : 'mute')}
          {does('remove')}
        </span>
      ) : null}
    </li>
  );
}

function Sip({ session, t }: Shown): ReactElement {
  const { sip } = session.state;
  const copy = () => void navigator.clipboard.writeText(sip).then(() => session.notice('copied'), () => undefined);
  return (
    <p>
      {t('video.sip')} <code>{sip}</code>{' '}
      <span className='switchboard-video__small'><button type='button' onClick={copy}>{t('video.copy')}</button></span>
    </p>
  );
}
