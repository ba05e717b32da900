// One's own calls, with what can be done to them.

import React, { useState } from 'react';
import { useDesk, usePeerName, useSeconds } from './hooks';
import { NumberField } from './number';
import type { Action } from './store';
import { duration, isToldBy, moment, peerNumber } from './text';
import type { Call, Line } from './types';

/** Who, which number, by which queue. */
export function Who({ call }: { call: Call }) {
  const { store, t } = useDesk();
  const nameOf = usePeerName();
  const number = peerNumber(call.peer);
  return (
    <span className="switchboard-phone-who">
      <bdi>{nameOf(call.peer) || t('phone.somebody')}</bdi>
      {number && <bdi className="switchboard-phone-dim">{number}</bdi>}
      {call.queue && <span className="switchboard-phone-dim">{t('phone.by_queue', { queue: store.board.title(call.queue) })}</span>}
    </span>
  );
}

function stateKey(call: Call) {
  if (call.state === 'ringing') return call.direction === 'outgoing' ? 'phone.state.calling' : 'phone.state.ringing';
  return call.state === 'held' ? 'phone.state.held' : 'phone.state.talking';
}

function OwnCall({ line, call, other }: { line: Line; call: Call; other: Call | undefined }) {
  const { store, t, locale } = useDesk();
  const nameOf = usePeerName();
  const [sending, setSending] = useState(false);
  const busy = store.isBusy(`call ${call.id}`);
  const can = (action: Action) => store.can(action, call);
  const rings = call.state === 'ringing';
  const name = nameOf(call.peer) || t('phone.somebody');
  const button = (key: Parameters<typeof t>[0], act: () => void, kind = 'btn-tertiary') => (
    <button type="button" className={`btn btn-sm ${kind}`} aria-label={`${t(key)}: ${name}`} disabled={busy} onClick={act}>{t(key)}</button>
  );
  const since = rings ? call.began : (call.answered ?? call.since);
  return (
    <li className={`switchboard-phone-call is-${call.state}`} aria-busy={busy}>
      <div className="switchboard-phone-row">
        <Who call={call} />
        {isToldBy(call, store.gone) ? (
          <span>
            {t(stateKey(call))} <span className="switchboard-phone-time">{duration(store.board.now() - since)}</span>
          </span>
        ) : (
          <span className="switchboard-phone-dim">{t('phone.state.gone', { time: moment(store.goneSince(call.sources), store.board.now(), locale()) })}</span>
        )}
      </div>
      <div className="switchboard-phone-buttons">
        {rings && call.direction === 'incoming' && can('refuse') && button('phone.refuse', () => void store.control(line.user, call, 'refuse'), 'btn-danger')}
        {!(rings && call.direction === 'incoming') && can('hangup') && button('phone.hangup', () => void store.control(line.user, call, 'hangup'), 'btn-danger')}
        {!rings && can('transfer') && !sending && button('phone.transfer', () => setSending(true))}
        {!rings && can('park') && button('phone.park', () => void store.control(line.user, call, 'park'))}
        {!rings && can('join') && other && store.can('join', other) && (
          <button type="button" className="btn btn-sm btn-tertiary" disabled={busy} onClick={() => void store.control(line.user, call, 'join', { with: other.id })}>
            {t('phone.join', { name: nameOf(other.peer) || t('phone.somebody') })}
          </button>
        )}
      </div>
      {sending && !rings && (
        <NumberField
          label={t('phone.transfer_to', { name })}
          button={t('phone.transfer_now')}
          busy={busy}
          focus
          onNumber={(to) => void store.control(line.user, call, 'transfer', { to }).then((done) => done && setSending(false))}
          onCancel={() => setSending(false)}
        />
      )}
    </li>
  );
}

export function OwnCalls() {
  const { store, t } = useDesk();
  const lines = store.own();
  const all = lines.flatMap((line) => line.calls.map((call) => ({ line, call })));
  useSeconds(all.length > 0);
  if (all.length === 0) return <p className="switchboard-phone-dim">{t('phone.no_calls')}</p>;
  return (
    <ul className="switchboard-phone-list">
      {all.map(({ line, call }) => {
        const other = line.calls.find((one) => one.id !== call.id && one.state !== 'ringing');
        // One button for two calls: at the one that is held.
        const joins = call.state === 'held' || !line.calls.some((one) => one.state === 'held') ? other : undefined;
        return <OwnCall key={call.id} line={line} call={call} other={joins} />;
      })}
    </ul>
  );
}
