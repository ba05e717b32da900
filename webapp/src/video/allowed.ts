// In which channels there is video. The server decides it anew whenever somebody joins.

import type { VideoConfig } from '../config';
import type { Channel, State } from '../state';
import { otherOf } from './title';

export function isAllowed(state: State, video: VideoConfig, channel: Channel): boolean {
  if (channel.delete_at !== 0) return false;
  if (channel.type === 'G') return video.kinds.group;
  // The list is of teams' channels alone. The server tells the beginnings of ids: of a channel that one is not in, the whole id is nobody's to know.
  if (channel.type !== 'D') return video.kinds.channels && (video.filter?.some((beginning) => channel.id.startsWith(beginning)) ?? true);
  const person = otherOf(state, channel);
  return video.kinds.direct && person !== undefined && !state.entities.users.profiles[person]?.is_bot;
}
