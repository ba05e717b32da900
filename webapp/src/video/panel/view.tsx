// The panel.

import React, { useEffect, useReducer, useRef, type ReactElement } from 'react';
import type { Translate } from '../../i18n';
import { mayPass, wordsOf, type Problem } from '../problems';
import { BackgroundPending } from './behind';
import { Call } from './incall';
import type { PinWanted } from './machine';
import { DeviceChoice, MutedByHost, Picture, Toggles } from './parts';
import type { Session } from './session';

/** What every component of the panel gets. */
export interface Shown {
  session: Session;
  t: Translate;
}

/** Draws anew whenever the session tells. */
export function useSession(session: Session): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => session.subscribe(again), [session]);
}

export function Panel({ session, t, title }: Shown & { title: (channelId: string) => string }): ReactElement {
  useSession(session);
  const { state } = session;
  const heading = useRef<HTMLHeadingElement>(null);
  const { at } = state.phase;
  const before = useRef(at);
  useEffect(() => {
    // What had the focus is gone; what is there now is read out.
    if (before.current !== at) heading.current?.focus();
    before.current = at;
  }, [at]);
  return (
    <section className='switchboard-video' aria-label={t('video.title')}>
      <h2 ref={heading} tabIndex={-1}>{title(state.channelId)}</h2>
      <Wanted session={session} t={t} title={title} />
      <Phase session={session} t={t} />
      <Said session={session} t={t} />
    </section>
  );
}

/** Another channel's conference was asked for. */
function Wanted({ session, t, title }: Shown & { title: (channelId: string) => string }): ReactElement {
  const { wanted, channelId } = session.state;
  return (
    <>
      <div role='status' className='switchboard-video__notice'>{wanted === null ? null : t('video.on', { channel: title(channelId) })}</div>
      {wanted === null ? null : (
        <div className='switchboard-video__row'>
          <button type='button' onClick={() => session.stay()}>{t('video.stay')}</button>
          <button type='button' onClick={() => void session.change()}>{t('video.change', { channel: title(wanted) })}</button>
        </div>
      )}
    </>
  );
}

/** What is said of the moment, at the panel's lower edge, where it moves nothing else. The regions stay, or screen readers miss what comes. */
function Said({ session, t }: Shown): ReactElement {
  const { notice, about, reconnecting, serverGone } = session.state;
  return (
    <div className='switchboard-video__said'>
      <MutedByHost session={session} t={t} />
      <div role='status' className='switchboard-video__notice'>{reconnecting ? t('video.reconnecting') : null}</div>
      <div role='status' className='switchboard-video__notice'>{serverGone ? t('video.server_gone') : null}</div>
      <BackgroundPending session={session} t={t} />
      <div role='status' className='switchboard-video__notice'>{notice && t(`video.notice.${notice}`, { name: about })}</div>
    </div>
  );
}

function Phase({ session, t }: Shown): ReactElement {
  const { state } = session;
  switch (state.phase.at) {
    case 'preview':
      return <Preview session={session} t={t} />;
    case 'joining':
      return (
        <>
          <p role='status'>{t('video.joining')}</p>
          <div className='switchboard-video__row'>
            <button type='button' onClick={() => session.leave()}>{t('video.cancel')}</button>
          </div>
        </>
      );
    case 'elsewhere':
      return (
        <>
          <p role='alert' className='switchboard-video__problem'>{t('video.elsewhere')}</p>
          <div className='switchboard-video__row'>
            <button type='button' className='switchboard-video__main' onClick={() => void session.join({ takeOver: true })}>{t('video.take_over')}</button>
          </div>
        </>
      );
    case 'pin':
      return <Pin session={session} t={t} why={state.phase.why} />;
    case 'waiting':
      return (
        <>
          <p role='status'>{t('video.waiting')}</p>
          <Toggles session={session} t={t} />
          <div className='switchboard-video__row'>
            <button type='button' className='switchboard-video__end' onClick={() => session.leave()}>{t('video.leave')}</button>
          </div>
        </>
      );
    case 'call':
      return <Call session={session} t={t} />;
    case 'ended': {
      const { why, text } = state.phase;
      return (
        <>
          {why === null ? <p role='status'>{t('video.left')}</p> : <Wrong why={why} text={text} t={t} />}
          <div className='switchboard-video__row'>
            {mayPass(why) ? <button type='button' className='switchboard-video__main' onClick={() => void session.join()}>{t('again')}</button> : null}
            <button type='button' className={mayPass(why) ? undefined : 'switchboard-video__main'} onClick={() => void session.back()}>{t('video.again')}</button>
          </div>
        </>
      );
    }
  }
}

function Wrong({ why, text, t }: { why: Problem; text: string; t: Translate }): ReactElement {
  const { words, more } = wordsOf(why, text, t);
  return (
    <div role='alert' className='switchboard-video__problem'>
      <div>{words}</div>
      {more === '' ? null : <div className='switchboard-video__hint'>{more}</div>}
    </div>
  );
}

function Preview({ session, t }: Shown): ReactElement {
  return (
    <>
      <div className='switchboard-video__stage'>
        <Picture stream={session.own} className='switchboard-video__mine' label={t('video.own')} />
        {session.devices.video ? null : <div className='switchboard-video__empty'>{t('video.camera_is_off')}</div>}
      </div>
      <Toggles session={session} t={t} />
      <p role='status' className='switchboard-video__hint'>{t(`video.preview.${previewOf(session)}`)}</p>
      <DeviceChoice session={session} t={t} />
      <div className='switchboard-video__row'>
        <button type='button' className='switchboard-video__main' onClick={() => void session.join()}>{t('video.join')}</button>
      </div>
    </>
  );
}

/** How one will be in the conference: without camera or microphone, too, one can join and watch. */
function previewOf({ state, devices, isPreparing }: Session): 'asking' | 'both' | 'sound' | 'picture' | 'nothing' {
  if (isPreparing) return 'asking';
  const heard = devices.audio !== undefined && !state.audioMuted;
  const seen = devices.video !== undefined && !state.videoMuted;
  if (heard) return seen ? 'both' : 'sound';
  return seen ? 'picture' : 'nothing';
}

/** The words for why a PIN is to be entered; the node's own question says enough. */
function pinWords(why: Exclude<PinWanted, 'asked'>, t: Translate): string {
  return t(why === 'wrong' ? 'video.problem.wrong_pin' : `video.pin.${why}`);
}

function Pin({ session, t, why }: Shown & { why: PinWanted }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <form
      className='switchboard-video__form'
      onSubmit={(event) => {
        event.preventDefault();
        void session.join({ pin: input.current?.value ?? '' });
      }}
    >
      {why === 'asked' ? null : <p role='alert' className='switchboard-video__problem'>{pinWords(why, t)}</p>}
      <label>
        {t('video.pin')}
        <input ref={input} type='password' inputMode='numeric' autoComplete='off' required />
      </label>
      <div className='switchboard-video__row'>
        <button type='submit' className='switchboard-video__main'>{t('video.join')}</button>
        <button type='button' onClick={() => session.leave()}>{t('video.cancel')}</button>
      </div>
    </form>
  );
}
