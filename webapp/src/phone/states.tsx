// What a line is in, in words.

import React from 'react';
import { useDesk } from './hooks';
import { lineState, moment } from './text';
import type { Line } from './types';

/** What a line is in; where nobody knows, since when. */
export function StateText({ line }: { line: Line }) {
  const { store, t, locale } = useDesk();
  const state = lineState(line, store.gone);
  if (state !== 'gone') return <>{t(`phone.state.${state}`)}</>;
  return <>{t('phone.state.gone', { time: moment(store.goneSince(line.sources), store.board.now(), locale()) })}</>;
}
