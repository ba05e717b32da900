// What channels are called.

import { displayName } from '../names';
import type { Channel, State } from '../state';

/** The other one of a direct message; undefined for one's own channel with oneself. */
export function otherOf(state: State, channel: Channel): string | undefined {
  const me = state.entities.users.currentUserId;
  return channel.name.split('__').find((id) => id !== me);
}

/** What a channel is called; undefined where this page does not know it. A direct message is called as the other one is. */
export function titleOf(state: State, channelId: string): string | undefined {
  const channel = state.entities.channels.channels[channelId];
  if (channel?.type !== 'D') return channel?.display_name;
  const { profiles, currentUserId } = state.entities.users;
  const other = profiles[otherOf(state, channel) ?? currentUserId];
  return other ? displayName(state, other) : channel.display_name;
}
