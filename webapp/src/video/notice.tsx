// A word in a corner of the page, with what can be done about it.

import React, { useEffect, useState } from 'react';
import type { Translate } from '../i18n';
import { style } from '../style';

export interface Said {
  text: string;
  /** What else was said of it, smaller. */
  more?: string;
  actions: readonly { label: string; act: () => void }[];
  /** It says how far something is, and nothing that somebody must know. */
  quiet?: boolean;
}

const CSS = `
.switchboard-notice {
  /* Above what the phone says there: a call that rings. */
  position: fixed; z-index: 1100; right: 16px; bottom: calc(16px + var(--switchboard-phone-height, 0px)); box-sizing: border-box; max-width: min(420px, calc(100vw - 32px));
  padding: 16px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.3); border-radius: 8px;
  color: var(--center-channel-color); background: var(--center-channel-bg); font-size: 14px; line-height: 20px;
  box-shadow: 0 8px 24px rgba(0, 0, 0, 0.24); overflow-wrap: anywhere;
}
.switchboard-notice p { margin: 0; }
.switchboard-notice p.switchboard-small { margin-top: 4px; font-size: 12px; line-height: 16px; }
.switchboard-notice div { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 12px; }
.switchboard-notice button {
  min-height: 32px; padding: 4px 16px; border: 1px solid var(--center-channel-color); border-radius: 4px;
  color: var(--center-channel-color); background: none; font: inherit; font-weight: 600; cursor: pointer;
}
.switchboard-notice button.switchboard-primary { border: 2px solid var(--button-bg); }
`;

/** What is said now; one thing at a time. */
export class Notices {
  said: Said | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly unstyle: () => void;

  constructor(pluginId: string) {
    this.unstyle = style(pluginId, 'notice', CSS);
  }

  show(said: Said): void {
    this.said = said;
    this.tell();
  }

  clear(): void {
    this.said = undefined;
    this.tell();
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  end(): void {
    this.clear();
    this.unstyle();
  }

  private tell(): void {
    this.listeners.forEach((listener) => listener());
  }
}

export function Notice({ notices, t }: { notices: Notices; t: Translate }) {
  const [said, setSaid] = useState(notices.said);
  useEffect(() => {
    const look = () => setSaid(notices.said);
    look();
    return notices.listen(look);
  }, [notices]);
  // A live region is there before it says something, or screen readers do not notice.
  return (
    <div role={said && !said.quiet ? 'alert' : 'status'}>
      {said && (
        <div className="switchboard-notice">
          <p>{said.text}</p>
          {said.more ? <p className="switchboard-small">{said.more}</p> : null}
          {!said.quiet && (
            <div>
              {said.actions.map(({ label, act }) => (
                <button key={label} type="button" className="switchboard-primary" onClick={act}>{label}</button>
              ))}
              <button type="button" onClick={() => notices.clear()}>{t('close')}</button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}
