// Which number is whose, as a table. What is stored is the text that it always was.

import React, { useLayoutEffect, useRef, useState } from 'react';
import type { Translate } from '../i18n';
import type { CustomSettingProps } from '../registry';
import { imported } from './paste';
import { merged, rowsOf, textOf, type Row } from './rows';

/** Rows that are shown at once: a browser takes long with thousands of fields. */
const SHOWN = 100;

/** Lines that a message names at most. */
const NAMED = 20;

/** Which lines were not understood. */
function unreadIn(t: Translate, lines: readonly number[]): string {
  const named = lines.slice(0, NAMED).join(', ') + (lines.length > NAMED ? ' …' : '');
  return t(lines.length === 1 ? 'numbers.unread_one' : 'numbers.unread', { count: lines.length, lines: named });
}

/** A field to paste a list into. `add` takes what it can, and answers what to say and what to leave in the field. */
function Import({ t, disabled, add }: { t: Translate; disabled: boolean; add: (text: string) => { said: string; rest: string } }) {
  const [text, setText] = useState('');
  const [said, setSaid] = useState('');
  const take = () => {
    const { said: now, rest } = add(text);
    setSaid(now);
    setText(rest);
  };
  return (
    <details>
      <summary>{t('numbers.import')}</summary>
      <label>
        {t('numbers.paste')}
        <textarea value={text} disabled={disabled} placeholder={'6001:bob\n6002;alice'} onChange={(event) => setText(event.target.value)} />
      </label>
      <div className="switchboard-row">
        <button type="button" disabled={disabled || text.trim() === ''} onClick={take}>{t('numbers.take')}</button>
        <span role="status">{said}</span>
      </div>
    </details>
  );
}

export function NumbersUsers({ id, value, disabled, onChange, setSaveNeeded, t }: CustomSettingProps & { t: Translate }) {
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(typeof value === 'string' ? value : ''));
  const [seen, setSeen] = useState(value);
  const [told, setTold] = useState<unknown>(value);
  const [filter, setFilter] = useState('');
  const [most, setMost] = useState(SHOWN);
  const table = useRef<HTMLTableElement>(null);
  const [added, setAdded] = useState(0);
  // Before the browser goes on: the first key after the click must not miss the new row.
  useLayoutEffect(() => {
    if (added > 0) table.current?.querySelector<HTMLInputElement>('tbody tr:last-child input')?.focus();
  }, [added]);
  // Another text from outside, and not our own coming back: as after the page was loaded.
  if (value !== seen) {
    setSeen(value);
    if (value !== told) setRows(rowsOf(typeof value === 'string' ? value : ''));
  }
  const set = (now: readonly Row[]) => {
    const text = textOf(now);
    setRows(now);
    setTold(text);
    onChange(id, text);
    setSaveNeeded();
  };
  const change = (at: number, now: Partial<Row>) => set(rows.map((row, other) => (other === at ? { ...row, ...now } : row)));
  const wanted = filter.trim().toLowerCase();
  const matching = rows.map((row, at) => ({ row, at })).filter(({ row }) => `${row.numbers} ${row.name ?? ''}`.toLowerCase().includes(wanted));
  const add = () => {
    setFilter('');
    setMost(Math.max(most, rows.length + 1));
    set([...rows, { numbers: '', name: '' }]);
    setAdded(added + 1);
  };
  const take = (text: string) => {
    const read = imported(text);
    const now = merged(rows, read.rows);
    if (now.added + now.changed > 0) set(now.rows);
    const taken = t('numbers.taken', { added: now.added, changed: now.changed });
    return { said: read.unread.length > 0 ? `${taken}; ${unreadIn(t, read.unread)}` : taken, rest: read.rest };
  };
  return (
    <div className="switchboard-admin" data-testid="switchboard-numbers">
      {rows.length > 10 && (
        <label>{t('numbers.filter')}<input type="text" value={filter} onChange={(event) => setFilter(event.target.value)} /></label>
      )}
      <table ref={table}>
        <caption className="switchboard-hidden">{t('numbers.caption')}</caption>
        <thead>
          <tr><th scope="col">{t('numbers.number')}</th><th scope="col">{t('numbers.name')}</th><th scope="col"><span className="switchboard-hidden">{t('numbers.remove')}</span></th></tr>
        </thead>
        <tbody>
          {matching.slice(0, most).map(({ row, at }) => (
            <tr key={at}>
              <td colSpan={row.name === undefined ? 2 : 1}>
                <input type="text" aria-label={row.name === undefined ? t('numbers.line') : t('numbers.number')} value={row.numbers} disabled={disabled} onChange={(event) => change(at, { numbers: event.target.value })} />
              </td>
              {row.name !== undefined && (
                <td><input type="text" aria-label={t('numbers.name')} value={row.name} disabled={disabled} onChange={(event) => change(at, { name: event.target.value })} /></td>
              )}
              <td><button type="button" disabled={disabled} aria-label={t('numbers.remove_row', { row: textOf([row]) })} onClick={() => set(rows.filter((_row, other) => other !== at))}>×</button></td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="switchboard-row">
        <button type="button" id={id} disabled={disabled} onClick={add}>{t('numbers.add')}</button>
        {matching.length > most && <button type="button" onClick={() => setMost(most + SHOWN)}>{t('numbers.more', { count: matching.length - most })}</button>}
      </div>
      <Import t={t} disabled={disabled} add={take} />
    </div>
  );
}
