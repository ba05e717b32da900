// Which number is whose, as a table. What is stored is the text that it always was.

import React, { useLayoutEffect, useRef, useState } from 'react';
import type { Translate } from '../i18n';
import type { CustomSettingProps } from '../registry';
import { imported, merged, rowsOf, textOf, type Row } from './rows';

/** Rows that are shown at once: a browser takes long with thousands of fields. */
const SHOWN = 100;

function Import({ t, disabled, add }: { t: Translate; disabled: boolean; add: (text: string) => string }) {
  const [text, setText] = useState('');
  const [said, setSaid] = useState('');
  const take = () => {
    setSaid(add(text));
    setText('');
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
    set(now.rows);
    return t('numbers.taken', { added: now.added, changed: now.changed, skipped: read.skipped });
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
