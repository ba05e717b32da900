// The panel.

import React, { useEffect, useReducer, useRef, type ReactElement } from 'react';
import type { Translate } from '../../i18n';
import { BackgroundPending } from './behind';
import { Call } from './incall';
import { DeviceChoice, Picture, Toggles } from './parts';
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

export function Panel({ session, t, title }: Shown & { title: () => string }): ReactElement {
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
      <h2 ref={heading} tabIndex={-1}>{title()}</h2>
      <div role='status' className='switchboard-video__notice'>{state.notice && t(`video.notice.${state.notice}`)}</div>
      <BackgroundPending session={session} t={t} />
      <Phase session={session} t={t} />
    </section>
  );
}

function Phase({ session, t }: Shown): ReactElement {
  const { state } = session;
  switch (state.phase.at) {
    case 'preview':
      return <Preview session={session} t={t} />;
    case 'joining':
      return <p role='status'>{t('video.joining')}</p>;
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
      return <Pin session={session} t={t} wrong={state.phase.wrong} />;
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
          {why === null ? <p role='status'>{t('video.left')}</p> : (
            <p role='alert' className='switchboard-video__problem'>{why === 'other' && text !== '' ? text : t(`video.problem.${why}`)}</p>
          )}
          <div className='switchboard-video__row'>
            <button type='button' className='switchboard-video__main' onClick={() => void session.back()}>{t('video.again')}</button>
          </div>
        </>
      );
    }
  }
}

function Preview({ session, t }: Shown): ReactElement {
  return (
    <>
      <div className='switchboard-video__stage'>
        <Picture stream={session.own} className='switchboard-video__mine' label={t('video.own')} />
        {session.devices.video ? null : <div className='switchboard-video__empty'>{t('video.camera_off')}</div>}
      </div>
      <Toggles session={session} t={t} />
      <DeviceChoice session={session} t={t} />
      <div className='switchboard-video__row'>
        <button type='button' className='switchboard-video__main' onClick={() => void session.join()}>{t('video.join')}</button>
      </div>
    </>
  );
}

function Pin({ session, t, wrong }: Shown & { wrong: boolean }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <form
      className='switchboard-video__form'
      onSubmit={(event) => {
        event.preventDefault();
        void session.join({ pin: input.current?.value ?? '' });
      }}
    >
      {wrong ? <p role='alert' className='switchboard-video__problem'>{t('video.problem.wrong_pin')}</p> : null}
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
