// The button *Check*: tries what is set, and says what is wrong.

import React, { useEffect, useRef, useState } from 'react';
import { words, type Api } from '../api';
import type { Key, Translate } from '../i18n';
import type { CustomSettingProps } from '../registry';

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

/** A text in which what stands between backticks is code. */
function Words({ text }: { text: string }) {
  const parts = text.split('`');
  // An odd one out is a backtick.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>;
}

export function Check({ api, t, registerSaveAction, unRegisterSaveAction }: Pick<CustomSettingProps, 'registerSaveAction' | 'unRegisterSaveAction'> & { api: Api; t: Translate }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [found, setFound] = useState<{ checks: readonly Finding[]; saves: number }>();
  // How often the settings were saved: what was found before says nothing of those that hold now.
  const saved = useRef(0);
  const [saves, setSaves] = useState(0);
  useEffect(() => {
    const count = () => {
      saved.current += 1;
      setSaves(saved.current);
      return Promise.resolve({});
    };
    registerSaveAction(count);
    return () => unRegisterSaveAction(count);
  }, [registerSaveAction, unRegisterSaveAction]);
  const run = async () => {
    const before = saved.current;
    setBusy(true);
    setProblem('');
    setFound(undefined);
    try {
      const { checks } = await api.post<{ checks: readonly Finding[] }>('/api/v1/admin/check');
      setFound({ checks, saves: before });
    } catch (error) {
      setProblem(words(error));
    } finally {
      setBusy(false);
    }
  };
  const isOld = found !== undefined && found.saves !== saves;
  return (
    <div className="switchboard-admin" data-testid="switchboard-check">
      <button type="button" className="switchboard-primary" disabled={busy} onClick={() => void run()}>{t('check.run')}</button>
      <div role="status">
        {busy && <p>{t('check.busy')}</p>}
        {problem !== '' && <p><Words text={problem} /></p>}
        {isOld && <p>{t('check.saved')}</p>}
        {found && !isOld && (
          <ul aria-label={t('check.found')}>
            {found.checks.map(({ part, state, what, remedy }, at) => {
              const name = PARTS[part];
              return (
                <li key={at} className={`switchboard-finding switchboard-finding--${state}`} data-part={part} data-state={state}>
                  <strong>{t(STATES[state])}</strong>{' '}
                  <span><b>{name ? t(name) : part}</b>: <Words text={what} />{remedy !== undefined && <> — <Words text={remedy} /></>}</span>
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </div>
  );
}
