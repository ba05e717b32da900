// In which channels there is video: all, or those that are chosen. Stored as `{enabled, allowedChannels: [id]}`.

import React, { useEffect, useMemo, useRef, useState } from 'react';
import { words, type Api } from '../api';
import type { Translate } from '../i18n';
import type { CustomSettingProps } from '../registry';

export interface Filter {
  enabled: boolean;
  allowedChannels: readonly string[];
}

interface Found {
  id: string;
  display_name: string;
  type: string;
  team_display_name?: string;
}

/** How long to wait for the next letter before a search, in milliseconds. */
const PAUSE = 250;

/** How many channels are shown by their names, and asked for one by one. */
const SHOWN = 100;

/** The value that is stored, in whatever form it was. */
export function filterOf(value: unknown): Filter {
  let found = value;
  if (typeof found === 'string') {
    try {
      found = JSON.parse(found) as unknown;
    } catch {
      found = undefined;
    }
  }
  const { enabled, allowedChannels } = (typeof found === 'object' && found !== null ? found : {}) as Partial<Record<keyof Filter, unknown>>;
  const ids = Array.isArray(allowedChannels) ? allowedChannels.filter((id): id is string => typeof id === 'string') : [];
  return { enabled: enabled === true, allowedChannels: [...new Set(ids)] };
}

const nameOf = (channel: Found) => (channel.team_display_name ? `${channel.display_name} (${channel.team_display_name})` : channel.display_name);

/** Names of channels by their ids, as they come; a channel that is gone has none. */
function useNames(server: Api, ids: readonly string[], known: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  useEffect(() => {
    for (const id of ids) {
      if (known.has(id) || asked.current.has(id)) continue;
      asked.current.add(id);
      server.get<Found>(`/channels/${encodeURIComponent(id)}`).then(
        (channel) => setNames((now) => new Map(now).set(id, nameOf(channel))),
        () => undefined,
      );
    }
  }, [server, ids, known]);
  return names;
}

function Search({ server, t, disabled, chosen, choose }: { server: Api; t: Translate; disabled: boolean; chosen: readonly string[]; choose: (channel: Found) => void }) {
  const [term, setTerm] = useState('');
  const [found, setFound] = useState<readonly Found[]>([]);
  const [said, setSaid] = useState('');
  const [at, setAt] = useState(0);
  useEffect(() => {
    const given = new AbortController();
    setFound([]);
    setSaid('');
    if (term.trim() === '') return undefined;
    const search = async () => {
      try {
        const all = await server.post<readonly Found[]>('/channels/search?system_console=true', { term: term.trim() }, given.signal);
        if (given.signal.aborted) return;
        const left = all.filter((one) => !chosen.includes(one.id));
        setFound(left);
        setAt(0);
        setSaid(left.length === 0 ? t('filter.none') : t('filter.found', { count: left.length }));
      } catch (error) {
        if (!given.signal.aborted) setSaid(words(error));
      }
    };
    const timer = setTimeout(() => void search(), PAUSE);
    return () => {
      clearTimeout(timer);
      given.abort();
    };
  }, [server, t, term, chosen]);
  const take = (channel: Found | undefined) => {
    if (!channel) return;
    choose(channel);
    setTerm('');
  };
  const pressed = (event: React.KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowDown: () => setAt((now) => Math.min(now + 1, found.length - 1)),
      ArrowUp: () => setAt((now) => Math.max(now - 1, 0)),
      Enter: () => take(found[at]),
      Escape: () => setTerm(''),
    };
    const move = moves[event.key];
    if (!move || found.length === 0) return;
    event.preventDefault();
    move();
  };
  const id = 'switchboard-filter';
  return (
    <div className="switchboard-search">
      <label htmlFor={id}>{t('filter.search')}</label>
      <input id={id} type="text" role="combobox" aria-autocomplete="list" aria-expanded={found.length > 0} aria-controls={`${id}-list`} aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined} autoComplete="off" disabled={disabled} value={term} onChange={(event) => setTerm(event.target.value)} onKeyDown={pressed} />
      <div role="status" className="switchboard-hidden">{said}</div>
      {found.length === 0 && said !== '' && <p aria-hidden="true">{said}</p>}
      <ul id={`${id}-list`} role="listbox" aria-label={t('filter.search')} hidden={found.length === 0}>
        {found.map((channel, index) => (
          <li key={channel.id} id={`${id}-${index}`} role="option" aria-selected={index === at} onMouseDown={(event) => event.preventDefault()} onClick={() => take(channel)}>{nameOf(channel)}</li>
        ))}
      </ul>
    </div>
  );
}

export function FilterChannels({ id, value, disabled, onChange, setSaveNeeded, server, t }: CustomSettingProps & { server: Api; t: Translate }) {
  const filter = useMemo(() => filterOf(value), [value]);
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map());
  const [all, setAll] = useState(false);
  const shown = useMemo(() => (all ? filter.allowedChannels : filter.allowedChannels.slice(0, SHOWN)), [all, filter]);
  const names = useNames(server, shown, known);
  const set = (now: Partial<Filter>) => {
    onChange(id, { ...filter, ...now });
    setSaveNeeded();
  };
  const choose = (channel: Found) => {
    setKnown((before) => new Map(before).set(channel.id, nameOf(channel)));
    set({ allowedChannels: [...filter.allowedChannels, channel.id] });
  };
  return (
    <div className="switchboard-admin" data-testid="switchboard-filter">
      <label className="switchboard-row">
        <input id={id} type="checkbox" disabled={disabled} checked={filter.enabled} onChange={(event) => set({ enabled: event.target.checked })} />
        {t('filter.enabled')}
      </label>
      {filter.enabled && (
        <>
          <Search server={server} t={t} disabled={disabled} chosen={filter.allowedChannels} choose={choose} />
          {shown.length === 0 && <p>{t('filter.empty')}</p>}
          <ul className="switchboard-chips" aria-label={t('filter.chosen')}>
            {shown.map((channel) => {
              const name = known.get(channel) ?? names.get(channel) ?? channel;
              const remove = () => set({ allowedChannels: filter.allowedChannels.filter((one) => one !== channel) });
              return (
                <li key={channel}>
                  {name} <button type="button" disabled={disabled} aria-label={t('filter.remove', { name })} onClick={remove}>×</button>
                </li>
              );
            })}
          </ul>
          {shown.length < filter.allowedChannels.length && (
            <button type="button" onClick={() => setAll(true)}>{t('filter.all', { count: filter.allowedChannels.length })}</button>
          )}
        </>
      )}
    </div>
  );
}
