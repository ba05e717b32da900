// Calls that ended, colleagues, queues.

import React, { useEffect, useRef, useState } from 'react';
import { Who } from './calls';
import { useDesk, usePeerName, useSeconds } from './hooks';
import { useOwnId } from './ids';
import { StateText } from './states';
import { dialable, duration, fold, isMissed, isToldBy, lineState, moment, peerName, peerNumber, plain } from './text';
import type { Line, OwnQueue } from './types';

/** The most colleagues that are shown at once: for the others there is the search. */
export const MOST_LINES = 30;

/** One's own calls that ended, with call back. */
export function Recent() {
  const { store, config, t, locale } = useDesk();
  const nameOf = usePeerName();
  const calls = store.recent();
  if (calls.length === 0) return <p className="switchboard-phone-dim">{t('phone.no_recent')}</p>;
  return (
    <ul className="switchboard-phone-list">
      {calls.map((call) => {
        const name = nameOf(call.peer) || t('phone.somebody');
        const to = dialable(call.peer);
        const how = isMissed(call) ? 'phone.recent.missed' : call.direction === 'outgoing' ? 'phone.recent.outgoing' : 'phone.recent.incoming';
        const number = peerNumber(call.peer);
        return (
          <li key={call.id} className={isMissed(call) ? 'is-missed' : ''}>
            <div className="switchboard-phone-row">
              <span className="switchboard-phone-who">
                <bdi>{name}</bdi>
                {number && <bdi className="switchboard-phone-dim">{number}</bdi>}
                <span className="switchboard-phone-dim">
                  {t(how)}, {moment(call.began, store.board.now(), locale())}
                  {call.talk ? `, ${duration(call.talk)}` : ''}
                </span>
              </span>
              {config.calls && to !== '' && (
                <button type="button" className="btn btn-sm btn-tertiary" aria-label={`${t('phone.call_back')}: ${name}`} disabled={!store.canOrder() || store.isBusy(`to ${to}`)} onClick={() => void store.call(to)}>
                  {t('phone.call_back')}
                </button>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** Whether a line has this in its name, what its person is called, its description, or in whom it talks with. */
export function matches(line: Line, typed: string, shown = ''): boolean {
  const wanted = fold(typed);
  const texts = [line.user, shown, line.description ?? '', ...line.calls.flatMap((call) => [peerName(call.peer), call.peer?.number ?? ''])];
  return wanted === '' || texts.some((text) => text.toLowerCase().includes(wanted));
}

function Colleague({ line }: { line: Line }) {
  const { store, config, names, t } = useDesk();
  const state = lineState(line, store.gone);
  const ringing = line.calls.find((call) => call.state === 'ringing' && call.direction === 'incoming');
  const call = line.calls.find((one) => one.state === 'talking') ?? line.calls[0];
  const name = plain(names.of(line.user));
  return (
    <li>
      <div className="switchboard-phone-row">
        <span className="switchboard-phone-who">
          <span>
            <span className={`switchboard-phone-dot is-${state}`} aria-hidden="true" />
            <bdi>{name}</bdi>
          </span>
          {line.description && line.description !== name && <span className="switchboard-phone-dim">{plain(line.description)}</span>}
          <span className="switchboard-phone-dim">
            <StateText line={line} />
            {call && isToldBy(call, store.gone) && <> <span className="switchboard-phone-time">{duration(store.board.now() - (call.answered ?? call.began))}</span></>}
          </span>
          {call && <Who call={call} />}
        </span>
        <span className="switchboard-phone-buttons">
          {ringing && store.can('pickup', ringing) && (
            <button type="button" className="btn btn-sm btn-primary" aria-label={`${t('phone.pickup')}: ${name}`} disabled={store.isBusy(`call ${ringing.id}`)} onClick={() => void store.control(line.user, ringing, 'pickup')}>
                  {t('phone.pickup')}
                </button>
          )}
          {config.calls && !ringing && (
            <button type="button" className="btn btn-sm btn-tertiary" aria-label={`${t('phone.call')}: ${name}`} disabled={!store.canOrder() || store.isBusy(`to ${line.user}`)} onClick={() => void store.call(line.user)}>
                  {t('phone.call')}
                </button>
          )}
        </span>
      </div>
    </li>
  );
}

/**
 * Lines in their order, which stays while the pointer or the keyboard's focus is within their list: a row that moved away below a pointer
 * would leave the click to somebody else. Those that come meanwhile are the last. Another search is another list.
 */
function useHeldOrder(lines: readonly Line[], search: string) {
  const [isOver, setOver] = useState(false);
  const [isAt, setAt] = useState(false);
  const last = useRef<{ search: string; users: readonly string[] }>({ search, users: [] });
  const isHeld = (isOver || isAt) && last.current.search === search;
  const places = new Map(last.current.users.map((user, at) => [user, at]));
  const place = (line: Line) => places.get(line.user) ?? places.size;
  const ordered = isHeld ? [...lines].sort((one, other) => place(one) - place(other)) : lines;
  useEffect(() => {
    last.current = { search, users: ordered.map((line) => line.user) };
  });
  const holds = {
    onMouseEnter: () => setOver(true),
    onMouseLeave: () => setOver(false),
    // A click leaves the focus where it was, for as long as nothing else is clicked.
    onFocus: (event: React.FocusEvent) => setAt(event.target.matches(':focus-visible')),
    onBlur: (event: React.FocusEvent) => {
      if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setAt(false);
    },
  };
  return { lines: ordered, holds };
}

/** In the order of what people are called. */
function sorted(lines: readonly Line[], nameOf: (line: Line) => string): readonly Line[] {
  return [...lines].sort((one, other) => nameOf(one).localeCompare(nameOf(other), undefined, { numeric: true, sensitivity: 'base' }));
}

export function Colleagues() {
  const { store, names, t } = useDesk();
  const [typed, setTyped] = useState('');
  const id = useOwnId('find');
  const all = sorted(store.colleagues(), (line) => names.of(line.user));
  const found = all.filter((line) => matches(line, typed, names.of(line.user)));
  // Those whose phones ring come first: it is them that one looks for.
  const rings = (line: Line) => (line.calls.some((call) => call.state === 'ringing' && call.direction === 'incoming' && isToldBy(call, store.gone)) ? 0 : 1);
  const list = useHeldOrder([...found].sort((one, other) => rings(one) - rings(other)), typed);
  const shown = list.lines.slice(0, MOST_LINES);
  useSeconds(shown.some((line) => line.calls.length > 0));
  return (
    <>
      <label className="switchboard-phone-find" htmlFor={id}>
        {t('phone.find')}
        <input id={id} type="search" value={typed} maxLength={80} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <ul className="switchboard-phone-list" {...list.holds}>{shown.map((line) => <Colleague key={line.user} line={line} />)}</ul>
      <p className="switchboard-phone-dim" role="status">
        {all.length === 0 ? store.board.epoch !== '' && t('phone.no_phones') : found.length === 0 ? t('phone.no_lines') : found.length > shown.length ? t('phone.more_lines', { count: found.length - shown.length }) : ''}
      </p>
    </>
  );
}

function OneQueue({ queue }: { queue: OwnQueue }) {
  const { store, config, t, locale } = useDesk();
  const [reason, setReason] = useState('');
  const id = useOwnId('reason');
  const busy = store.isBusy(`queue ${queue.name}`);
  const title = plain(queue.title);
  const button = (key: Parameters<typeof t>[0], action: 'join' | 'leave' | 'pause' | 'resume') => (
    <button type="button" className="btn btn-sm btn-tertiary" aria-label={`${t(key)}: ${title}`} disabled={busy} onClick={() => void store.queue(queue.name, action, action === 'pause' ? reason.trim() : '').then((done) => done && setReason(''))}>
      {t(key)}
    </button>
  );
  const isGone = store.gone.has(queue.source);
  const can = config.calls && !isGone;
  const now = !queue.in ? t('phone.queue.out') : !queue.paused ? t('phone.queue.in') : queue.reason ? t('phone.queue.paused_why', { reason: plain(queue.reason) }) : t('phone.queue.paused');
  return (
    <li>
      <div className="switchboard-phone-row">
        <span className="switchboard-phone-who">
          <bdi>{title}</bdi>
          <span className="switchboard-phone-dim">
            {isGone ? t('phone.state.gone', { time: moment(store.goneSince([queue.source]), store.board.now(), locale()) }) : `${now}, ${t('phone.queue.waiting', { count: queue.waiting })}`}
          </span>
        </span>
        <span className="switchboard-phone-buttons">
          {can && !queue.in && button('phone.queue.join', 'join')}
          {can && queue.in && (queue.paused ? button('phone.queue.resume', 'resume') : button('phone.queue.pause', 'pause'))}
          {can && queue.in && button('phone.queue.leave', 'leave')}
        </span>
      </div>
      {can && queue.in && !queue.paused && (
        <label className="switchboard-phone-find" htmlFor={id}>
          {t('phone.queue.reason')}
          <input id={id} type="text" aria-label={`${t('phone.queue.reason')}: ${title}`} value={reason} maxLength={60} onChange={(event) => setReason(event.target.value)} />
        </label>
      )}
    </li>
  );
}

/** The queues that one is in; the others can be unfolded, to log in. */
export function Queues() {
  const { store, t } = useDesk();
  const all = store.queues();
  const own = all.filter((queue) => queue.in);
  const others = all.filter((queue) => !queue.in);
  return (
    <>
      {own.length === 0 && <p className="switchboard-phone-dim">{t('phone.no_queues')}</p>}
      <ul className="switchboard-phone-list">{own.map((queue) => <OneQueue key={queue.name} queue={queue} />)}</ul>
      {others.length > 0 && (
        <details>
          <summary>{t('phone.queue.others', { count: others.length })}</summary>
          <ul className="switchboard-phone-list">{others.map((queue) => <OneQueue key={queue.name} queue={queue} />)}</ul>
        </details>
      )}
    </>
  );
}
