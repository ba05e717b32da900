// The button *Check*: tries what is set, and says what is wrong.

import React, { useState } from 'react';
import { words, type Api } from '../api';
import type { Key, Translate } from '../i18n';

interface Finding {
  part: string;
  state: 'ok' | 'warning' | 'bad' | 'off';
  what: string;
  remedy?: string;
}

const PARTS: Readonly<Record<string, Key | undefined>> = {
  settings: 'check.settings',
  asterisk: 'check.asterisk',
  ovh: 'check.ovh',
  pexip: 'check.pexip',
  callbacks: 'check.callbacks',
};
const STATES: Readonly<Record<Finding['state'], Key>> = { ok: 'check.ok', warning: 'check.warning', bad: 'check.bad', off: 'check.off' };

export function Check({ api, t }: { api: Api; t: Translate }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [found, setFound] = useState<readonly Finding[]>([]);
  const run = async () => {
    setBusy(true);
    setProblem('');
    setFound([]);
    try {
      const { checks } = await api.post<{ checks: readonly Finding[] }>('/api/v1/admin/check');
      setFound(checks);
    } catch (error) {
      setProblem(words(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="switchboard-admin" data-testid="switchboard-check">
      <button type="button" className="switchboard-primary" disabled={busy} onClick={() => void run()}>{t('check.run')}</button>
      <div role="status">
        {busy && <p>{t('check.busy')}</p>}
        {problem !== '' && <p>{problem}</p>}
        {found.length > 0 && (
          <ul aria-label={t('check.found')}>
            {found.map(({ part, state, what, remedy }, at) => {
              const name = PARTS[part];
              return (
                <li key={at} className={`switchboard-finding switchboard-finding--${state}`} data-part={part} data-state={state}>
                  <strong>{t(STATES[state])}</strong>{' '}
                  <span><b>{name ? t(name) : part}</b>: {what}{remedy !== undefined && <> — {remedy}</>}</span>
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </div>
  );
}
