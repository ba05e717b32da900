// The panel in the right-hand sidebar.

import React, { useEffect, useState } from 'react';
import { OwnCalls } from './calls';
import { useDesk } from './hooks';
import { useOwnId } from './ids';
import { Colleagues, Queues, Recent } from './lists';
import { NumberField } from './number';
import { WAYS } from './pop';
import { isChatDnd, watch } from '../state';
import type { SourceState } from './types';
import { StateText } from './states';
import { lineState, moment, plain } from './text';

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  const id = useOwnId('section');
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
}

/** Whether one is not to be disturbed in the chat. */
function useChatDnd(): boolean {
  const { mattermost } = useDesk();
  const [is, set] = useState(() => isChatDnd(mattermost.getState()));
  useEffect(() => watch(mattermost, isChatDnd, set), [mattermost]);
  return is;
}

/** One's own line, and do-not-disturb: of the phone or of the chat, as one button switches both. */
function OwnLine() {
  const { store, t } = useDesk();
  const lines = store.own();
  const isChats = useChatDnd();
  const dnd = isChats || lines.some((line) => line.dnd);
  const extension = store.phone?.extensions.join(', ') ?? '';
  return (
    <>
      {lines.map((line) => (
        <p key={line.user}>
          <span className={`switchboard-phone-dot is-${lineState(line, store.gone)}`} aria-hidden="true" />
          <strong><bdi>{extension || plain(line.user)}</bdi></strong> <StateText line={line} />
        </p>
      ))}
      {lines.length === 0 && <p>{store.phone?.whyNot ?? (extension ? t('phone.line_quiet', { extension }) : t('phone.no_line'))}</p>}
      {lines.length > 0 && (
        <button type="button" className="btn btn-sm btn-tertiary" aria-pressed={dnd} disabled={store.isBusy('dnd')} onClick={() => void store.dnd(!dnd)}>
          {t('phone.dnd')}
        </button>
      )}
    </>
  );
}

/** How callers' pages open. */
function Pages() {
  const { pops, store, t } = useDesk();
  const id = useOwnId('pages');
  return (
    <label className="switchboard-phone-find" htmlFor={id}>
      {t('phone.pages')}
      <select
        id={id}
        value={pops.way}
        onChange={(event) => {
          pops.way = WAYS.find((way) => way === event.target.value) ?? 'link';
          void store.refresh();
        }}
      >
        {WAYS.map((way) => <option key={way} value={way}>{t(`phone.pages.${way}`)}</option>)}
      </select>
    </label>
  );
}

function Live() {
  const { store, t, locale } = useDesk();
  const { live } = store;
  const text =
    live === 'ended' ? t('phone.live.ended')
    : live !== 'lost' ? ''
    : store.lastLive > 0 ? t('phone.live.lost_since', { time: moment(store.lastLive, store.board.now(), locale()) })
    : t('phone.live.lost');
  return <p role="status" className={text ? 'switchboard-phone-lost' : 'switchboard-hidden'} data-live={live}>{text}</p>;
}

/** Which of those that tell of phones are gone, and since when. */
function Gone() {
  const { store, t, locale } = useDesk();
  const words = ({ name, since }: SourceState) => t('phone.source_gone', { name, time: moment(since, store.board.now(), locale()) });
  return (
    <div role="status">
      {store.lost().map((source) => <p key={source.name} className="switchboard-phone-lost" data-gone={source.name}>{words(source)}</p>)}
    </div>
  );
}

export function Panel() {
  const { store, config, t } = useDesk();
  useEffect(() => store.look(), [store]);
  return (
    <div className={`switchboard-phone is-${store.live}`} data-phone-live={store.live}>
      <div className="switchboard-phone-body">
        <Section title={t('phone.my_line')}>
          <OwnLine />
          {config.calls && <NumberField label={t('phone.dial')} button={t('phone.call')} busy={!store.canOrder()} onNumber={(to) => void store.call(to)} />}
        </Section>
        <Section title={t('phone.my_calls')}><OwnCalls /></Section>
        <Section title={t('phone.my_queues')}><Queues /></Section>
        <Section title={t('phone.recent')}><Recent /></Section>
        <Section title={t('phone.colleagues')}>
          {config.board ? <Colleagues /> : <p className="switchboard-phone-dim">{t('phone.no_board')}</p>}
        </Section>
        {config.callbackPages && <Section title={t('phone.display')}><Pages /></Section>}
      </div>
      {/* Below: what comes and goes here moves no button below somebody's pointer. */}
      <div className="switchboard-phone-said">
        <Live />
        <Gone />
        {/* That it is not connected is said already. */}
        {store.problem && store.live !== 'lost' && <p role="alert" className="switchboard-phone-lost">{store.problem}</p>}
      </div>
    </div>
  );
}
