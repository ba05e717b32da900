// What components use of the state.

import React, { useContext, useEffect, useReducer } from 'react';
import type { Translate } from '../i18n';
import type { Names } from '../names';
import type { Store } from '../state';
import type { PhoneConfig } from '../config';
import type { Pops } from './pop';
import type { PhoneStore } from './store';
import { peerName, plain } from './text';
import type { Peer } from './types';

export interface Desk {
  pluginId: string;
  store: PhoneStore;
  pops: Pops;
  config: PhoneConfig;
  mattermost: Store;
  names: Names;
  t: Translate;
  /** Such as `de` or `zh-CN`. */
  locale: () => string;
  /** Asks before it calls: for what may be clicked by mistake. */
  confirm: Confirm;
}

/** A question that waits for its answer. */
export class Confirm {
  number = '';
  private listener: () => void = () => undefined;

  ask(number: string): void {
    this.number = number;
    this.listener();
  }

  watch(listener: () => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = () => undefined;
    };
  }
}

export const DeskContext = React.createContext<Desk | undefined>(undefined);

/** The desk, drawn again whenever something on it changes. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('There is no desk around this component.');
  const [, again] = useReducer((count: number) => count + 1, 0);
  const { store, names } = desk;
  useEffect(() => store.subscribe(again), [store]);
  useEffect(() => names.subscribe(again), [names]);
  return desk;
}

/** What a peer is called, whoever that is; empty where nobody knows. */
export function usePeerName(): (peer: Peer | null | undefined) => string {
  const { names } = useDesk();
  return (peer) => (peer?.name ? plain(names.of(peer.name)) : peerName(peer));
}

/** Draws again every second while there is something to time. */
export function useSeconds(on: boolean): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(again, 1000);
    return () => clearInterval(timer);
  }, [on]);
}
