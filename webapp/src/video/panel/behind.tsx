// The choice of what is behind.

import React, { type ReactElement } from 'react';
import type { Effect } from '../background/effects';
import type { Shown } from './view';

export function BackgroundChoice({ session, t }: Shown): ReactElement {
  const { background } = session.devices;
  const { effects, pending } = background;
  if (effects.length === 1) return <p>{t('video.background.cannot')}</p>;
  return (
    <>
      <label>
        {t('video.background')}
        <select value={pending ?? background.effect} aria-busy={pending !== null} onChange={(event) => void session.showBehind(event.target.value as Effect)}>
          {effects.map((effect) => <option key={effect} value={effect}>{t(`video.background.${effect}`)}</option>)}
        </select>
      </label>
      {background.canProcess ? (
        <label>
          {t('video.background.file')}
          <input
            type='file'
            accept='image/*'
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              // The same file may be chosen again.
              target.value = '';
              if (file) void session.showPicture(file);
            }}
          />
        </label>
      ) : null}
      {background.picture ? <button type='button' onClick={() => void session.forgetPicture()}>{t('video.background.remove')}</button> : null}
    </>
  );
}

/** Says that it is being begun, which takes a second or a few the first time. */
export function BackgroundPending({ session, t }: Shown): ReactElement {
  const { pending } = session.devices.background;
  return <div role='status' className='switchboard-video__notice'>{pending !== null && pending !== 'none' ? t('video.background.starting') : null}</div>;
}
