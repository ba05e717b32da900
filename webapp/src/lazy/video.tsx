// The call and its panel, with Pexip's library: loaded when somebody opens a room.

import React from 'react';
import type { Context } from '../part';
import { NodeCall } from '../video/panel/node';
import type { Loaded } from '../video/panel/part';
import { Session } from '../video/panel/session';
import { Panel } from '../video/panel/view';
import { titleOf } from '../video/title';

export const create: Loaded['create'] = (context: Context) => {
  const session = new Session(context, (room, heard) => new NodeCall(room, heard));
  const title = (channelId: string) => titleOf(context.store.getState(), channelId) ?? context.t('video.title');
  return { session, Panel: () => <Panel session={session} t={context.t} title={title} /> };
};
