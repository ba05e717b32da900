// What is there on every page: calls that ring, a question before a call, notices, the caller's page.

import React, { useEffect, useLayoutEffect, useReducer, useRef } from 'react';
import { openPage } from '../desktop';
import { Who } from './calls';
import { claim } from './claim';
import { useDesk, usePeerName, useSeconds } from './hooks';
import { useOwnId } from './ids';
import { mayFrame, type Pop } from './pop';
import { isChatDnd } from '../state';
import { duration, isToldBy } from './text';
import type { Ring } from './types';

/** A window of the page's own, which takes the keyboard and gives it back. */
function Modal({ title, onClose, children }: { title: string; onClose: () => void; children: React.ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useOwnId('dialog');
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="switchboard-phone-dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

/** Whether somebody writes at this moment: whatever takes the focus then takes their letters, too. */
function isWriting(): boolean {
  const at = document.activeElement;
  return at?.matches('input, textarea, select, [contenteditable]:not([contenteditable=false]), iframe') ?? false;
}

/** A page in a frame may give itself the focus: it is given back, but where the pointer or the Tab key brought it there. */
function onlyByHand(frame: React.RefObject<HTMLIFrameElement>): () => void {
  let at = document.activeElement;
  let lastKey = '';
  const pressed = ({ key }: KeyboardEvent) => {
    lastKey = key;
  };
  const moved = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && target !== frame.current) at = target;
  };
  // The window has lost it to the frame. Not every browser says at once where it is.
  const lost = () => setTimeout(() => {
    const has = frame.current !== null && document.activeElement === frame.current;
    if (has && lastKey !== 'Tab' && !frame.current.matches(':hover') && at instanceof HTMLElement) at.focus();
  });
  document.addEventListener('keydown', pressed, true);
  document.addEventListener('focusin', moved);
  window.addEventListener('blur', lost);
  return () => {
    document.removeEventListener('keydown', pressed, true);
    document.removeEventListener('focusin', moved);
    window.removeEventListener('blur', lost);
  };
}

/**
 * The caller's page. It comes by itself, in the midst of whatever somebody does: so it is no modal window, what is behind it and the call
 * that rings can be used, and it takes no focus from who writes.
 */
function CallersPage({ ring, onClose }: { ring: Ring; onClose: () => void }) {
  const { names, t } = useDesk();
  const close = useRef<HTMLButtonElement>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  const id = useOwnId('page');
  const closes = useRef(onClose);
  closes.current = onClose;
  // Its end is to find the focus where it is: before the page is taken away.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const button = close.current;
    if (!isWriting()) button?.focus();
    const key = (event: KeyboardEvent) => {
      // Another window that has the keyboard has this key, too.
      const within = event.target instanceof Element ? event.target.closest('dialog, [role=dialog]') : null;
      if (event.key === 'Escape' && !event.defaultPrevented && (within === null || within.contains(button))) closes.current();
    };
    document.addEventListener('keydown', key);
    const stop = onlyByHand(frame);
    return () => {
      stop();
      document.removeEventListener('keydown', key);
      if (document.activeElement === button && before instanceof HTMLElement) before.focus();
    };
  }, []);
  const title = t('phone.page_title', { name: names.of(ring.line ?? '') });
  return (
    // By its attribute: `show()` would give the focus to the frame.
    <dialog open className="switchboard-phone-dialog is-page" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className="switchboard-phone-buttons">
        <button ref={close} type="button" className="btn btn-primary" onClick={onClose}>{t('phone.close')}</button>
        <a href={ring.url} target="_blank" rel="noopener noreferrer">{t('phone.page_open')}</a>
      </p>
      {/* A page of this very server must not get out of its frame. */}
      <iframe
        ref={frame}
        title={title}
        src={ring.url}
        referrerPolicy="no-referrer"
        sandbox={`allow-forms allow-popups allow-scripts${new URL(ring.url).origin === window.location.origin ? '' : ' allow-same-origin'}`}
      />
    </dialog>
  );
}

function Ringing({ pop, close }: { pop: Pop; close: () => void }) {
  const { store, t } = useDesk();
  const { call, line, url } = pop;
  const busy = store.isBusy(`call ${call.id}`);
  const name = usePeerName()(call.peer) || t('phone.somebody');
  const named = (key: 'phone.refuse' | 'phone.page_open' | 'phone.close') => ({ 'aria-label': `${t(key)}: ${name}`, children: t(key) });
  return (
    <li aria-busy={busy}>
      <Who call={call} />
      <span className="switchboard-phone-dim">
        {t('phone.state.ringing')} <span className="switchboard-phone-time" aria-hidden="true">{duration(store.board.now() - call.began)}</span>
      </span>
      <span className="switchboard-phone-dim">{t('phone.answer_there')}</span>
      <span className="switchboard-phone-buttons">
        {store.can('refuse', call) && (
          <button type="button" className="btn btn-sm btn-danger" disabled={busy} onClick={() => void store.control(line, call, 'refuse')} {...named('phone.refuse')} />
        )}
        {url && <a className="btn btn-sm btn-tertiary" href={url} target="_blank" rel="noopener noreferrer" {...named('phone.page_open')} />}
        <button type="button" className="btn btn-sm btn-tertiary" onClick={close} {...named('phone.close')} />
      </span>
    </li>
  );
}

/** How high the corner is, for what else is said in a corner of the page to stand above it; a variable of CSS. */
const HEIGHT = '--switchboard-phone-height';

/** Tells how high it is, whenever it is drawn. Of an empty one that is known: to measure it costs the page a layout. */
function useHeight(corner: React.RefObject<HTMLElement>, isEmpty: boolean): void {
  const root = document.documentElement.style;
  useLayoutEffect(() => root.setProperty(HEIGHT, `${isEmpty ? 0 : (corner.current?.offsetHeight ?? 0)}px`));
  useEffect(() => () => void root.removeProperty(HEIGHT), [root]);
}

export function Root() {
  const { pluginId, store, pops, confirm, mattermost, config, t } = useDesk();
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => confirm.watch(again), [confirm]);
  // Of what nobody tells any more, nobody knows whether it still rings.
  const own = store.own().map((line) => ({ ...line, calls: line.calls.filter((call) => isToldBy(call, store.gone)) }));
  const quiet = own.some((line) => line.dnd) || isChatDnd(mattermost.getState());
  const { rings } = store.board;
  const shown = pops.shown(own, rings, quiet);
  useSeconds(shown.length > 0);
  useEffect(() => {
    if (!config.callbackPages || rings.length === 0) return;
    // Of several pages of Mattermost's, the one that is seen opens it.
    if (document.hidden) return;
    const show = (ring: Ring) => {
      const framed = mayFrame(ring.url, store.phone?.frameHosts ?? []);
      if (pops.way === 'here' && framed) pops.wait(ring);
      else if (openPage(ring.url) === 'blocked') store.notify(t('phone.page_blocked'), true);
      again();
    };
    for (const ring of pops.opens(rings, (line) => store.isOwn(line), quiet, store.board.now())) {
      // Two windows beside each other are both seen.
      void claim(pluginId, `${ring.id}-${ring.at}`).then((is) => is && show(ring));
    }
  }, [rings, pops, store, quiet, pluginId, config.callbackPages, t]);
  const page = pops.waiting[0];
  const corner = useRef<HTMLElement>(null);
  useHeight(corner, shown.length + store.notices.length === 0);
  return (
    <>
      <section ref={corner} className="switchboard-phone-corner" aria-label={t('phone.title')}>
        <div role="status">
          {store.notices.filter((notice) => !notice.bad).map((notice) => <p key={notice.id} className="switchboard-phone-notice">{notice.text}</p>)}
        </div>
        <div role="alert">
          {store.notices.filter((notice) => notice.bad).map((notice) => (
            <p key={notice.id} className="switchboard-phone-notice is-bad">
              {notice.text} <button type="button" className="btn btn-sm btn-tertiary" onClick={() => store.dismiss(notice.id)}>{t('phone.close')}</button>
            </p>
          ))}
        </div>
        {/* It is there before there is something to say: else nobody would hear it. */}
        <div aria-live="assertive" aria-relevant="additions">
          {shown.length > 0 && (
            <ul className="switchboard-phone-pops" aria-label={t('phone.incoming')}>
              {shown.map((pop) => (
                <Ringing
                  key={pop.call.id}
                  pop={pop}
                  close={() => {
                    pops.close(pop.call.id);
                    again();
                  }}
                />
              ))}
            </ul>
          )}
        </div>
      </section>
      {confirm.number !== '' && (
        <Modal title={t('phone.confirm', { number: confirm.number })} onClose={() => confirm.ask('')}>
          <p>{t('phone.confirm_more')}</p>
          {/* In the order of Mattermost's own dialogs. */}
          <p className="switchboard-phone-buttons is-end">
            <button type="button" className="btn btn-tertiary" onClick={() => confirm.ask('')}>{t('phone.cancel')}</button>
            <button
              type="button"
              className="btn btn-primary"
              onClick={() => {
                void store.call(confirm.number);
                confirm.ask('');
              }}
            >
              {t('phone.call')}
            </button>
          </p>
        </Modal>
      )}
      {page && (
        <CallersPage
          key={page.id}
          ring={page}
          onClose={() => {
            pops.next();
            again();
          }}
        />
      )}
    </>
  );
}
