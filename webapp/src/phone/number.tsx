// A field for a number or a colleague, with suggestions below it (WAI-ARIA's combobox).

import React, { useState } from 'react';
import { useDesk } from './hooks';
import { useOwnId } from './ids';
import { fold, plain } from './text';
import type { Line } from './types';

/** The most suggestions. */
const MOST = 6;

/** The colleagues whose name, as whoever `shown` says, or description has this in it; those whose name begins with it first. */
export function suggestions(lines: readonly Line[], typed: string, shown = (line: Line) => line.user): readonly Line[] {
  const wanted = fold(typed);
  if (wanted === '') return [];
  const found = lines.filter((line) => fold(line.user).includes(wanted) || shown(line).toLowerCase().includes(wanted) || (line.description ?? '').toLowerCase().includes(wanted));
  const begins = (line: Line) => (fold(line.user).startsWith(wanted) || shown(line).toLowerCase().startsWith(wanted) ? 0 : 1);
  return [...found].sort((one, other) => begins(one) - begins(other)).slice(0, MOST);
}

interface Props {
  label: string;
  button: string;
  busy: boolean;
  /** Whether the field takes the keyboard at once. */
  focus?: boolean;
  onNumber: (number: string) => void;
  onCancel?: () => void;
}

export function NumberField({ label, button, busy, focus = false, onNumber, onCancel }: Props) {
  const { store, names, t } = useDesk();
  const id = useOwnId('number');
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(-1);
  const [open, setOpen] = useState(false);
  const found = open ? suggestions(store.colleagues(), typed, (line) => names.of(line.user)) : [];
  const chosen = found[at];
  const send = (number: string) => {
    if (number.trim() !== '' && !busy) onNumber(number.trim());
  };
  const key = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      if (found.length > 0) setOpen(false);
      else onCancel?.();
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || found.length === 0) return;
    event.preventDefault();
    setAt((at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length);
  };
  return (
    <form
      className="switchboard-phone-number"
      onSubmit={(event) => {
        event.preventDefault();
        send(chosen?.user ?? typed);
      }}
    >
      <label htmlFor={id}>{label}</label>
      <div className="switchboard-phone-row">
        <div className="switchboard-phone-combo">
          <input
            id={id}
            type="text"
            role="combobox"
            autoComplete="off"
            aria-expanded={found.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={chosen ? `${id}-${at}` : undefined}
            placeholder={t('phone.number_hint')}
            value={typed}
            maxLength={80}
            autoFocus={focus}
            onChange={(event) => {
              setTyped(event.target.value);
              setAt(-1);
              setOpen(true);
            }}
            onBlur={() => setOpen(false)}
            onKeyDown={key}
          />
          <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={found.length === 0}>
            {found.map((line, index) => (
              <li
                key={line.user}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === at}
                onMouseDown={(event) => {
                  event.preventDefault();
                  setTyped(line.user);
                  setOpen(false);
                }}
              >
                {plain(names.of(line.user))}
                {names.of(line.user) !== line.user && ` (@${plain(line.user)})`}
                {line.description ? ` (${plain(line.description)})` : ''}
              </li>
            ))}
          </ul>
        </div>
        <button type="submit" className="btn btn-primary btn-sm" disabled={busy || typed.trim() === ''}>{button}</button>
        {onCancel && <button type="button" className="btn btn-tertiary btn-sm" onClick={onCancel}>{t('phone.cancel')}</button>}
      </div>
    </form>
  );
}
