// Where one calls somebody from: their profile, and the header of their direct messages.

import React from 'react';
import type { Channel, State, User } from '../state';
import { useDesk } from './hooks';

/** The other one of a direct message; undefined in other channels, with oneself, with a bot, and where nobody knows yet who that is. */
export function partner(state: State, channel: Channel | undefined): User | undefined {
  if (channel?.type !== 'D') return undefined;
  const { currentUserId, profiles } = state.entities.users;
  const other = channel.name.split('__').find((id) => id !== currentUserId);
  const user = profiles[other ?? ''];
  return user && !user.is_bot ? user : undefined;
}

/** Below a profile: calls them. */
export function ProfileAction({ user, hide }: { user: { id: string; username: string; is_bot?: boolean }; hide?: (() => void) | undefined }) {
  const { store, mattermost, t } = useDesk();
  if (user.id === mattermost.getState().entities.users.currentUserId || user.is_bot) return null;
  return (
    <div className="popover__row">
      <button
        type="button"
        className="btn btn-tertiary btn-sm"
        onClick={() => {
          void store.call(`@${user.username}`);
          hide?.();
        }}
      >
        <PhoneIcon /> {t('phone.call_phone')}
      </button>
    </div>
  );
}

/** A handset; `out` with an arrow. */
export function PhoneIcon({ out = false }: { out?: boolean }) {
  return (
    <svg className="icon" width="18" height="18" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">
      <path d="M6.6 10.8a15.1 15.1 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.57 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.25.2 2.45.57 3.57a1 1 0 0 1-.25 1z" />
      {out && <path d="M14 3h7v7h-2V6.4l-4.6 4.6-1.4-1.4L17.6 5H14z" />}
    </svg>
  );
}
