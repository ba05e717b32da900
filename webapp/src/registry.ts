// What is used of the registry that Mattermost gives to a plugin.

import type { ComponentType, ReactElement } from 'react';
import type { Channel } from './state';

type Shown = string | ReactElement;

/** What Mattermost gives to a custom setting of the System Console. */
export interface CustomSettingProps {
  /** The setting's key, with the plugin's id in front of it. */
  id: string;
  label: string;
  helpText?: ReactElement | null;
  value: unknown;
  disabled: boolean;
  setByEnv: boolean;
  /** Takes a new value; it is stored when the page is saved. */
  onChange: (id: string, value: unknown) => void;
  /** Makes the page's button *Save* work. */
  setSaveNeeded: () => void;
  /** What is to be done once the page was saved. */
  registerSaveAction: (action: SaveAction) => void;
  unRegisterSaveAction: (action: SaveAction) => void;
}

export type SaveAction = () => Promise<{ error?: { message?: string } }>;

/** What comes over Mattermost's websocket. */
export interface SocketMessage {
  event: string;
  data: Readonly<Record<string, unknown>>;
  broadcast?: { channel_id?: string; user_id?: string; team_id?: string };
}

/** A panel of the right-hand sidebar: actions for the store. */
export interface Panel {
  id: string;
  showRHSPlugin: unknown;
  hideRHSPlugin: unknown;
  toggleRHSPlugin: unknown;
}

/** In Mattermost 9.11 and 11; what answers a string answers an id for `unregisterComponent`. */
export interface Registry {
  registerChannelHeaderButtonAction: (icon: ReactElement, action: (channel: Channel) => void, dropdownText: Shown, tooltipText: Shown) => string;
  registerRightHandSidebarComponent(component: ComponentType, title: Shown): Panel;
  registerRootComponent(component: ComponentType): string;
  registerPopoverUserAttributesComponent(component: ComponentType<{ user: { id: string; username: string }; hide?: () => void }>): string;
  registerPopoverUserActionsComponent(component: ComponentType<{ user: { id: string; username: string }; hide?: () => void }>): string;
  registerLinkTooltipComponent(component: ComponentType<{ href: string; show: boolean }>): string;
  registerPostDropdownMenuAction(text: Shown, action: (postId: string) => void, filter?: (postId: string) => boolean): string;
  registerAppBarComponent(iconUrl: string, action: (channel: Channel) => void, tooltipText: Shown): string;
  registerSlashCommandWillBePostedHook(hook: (message: string, args: unknown) => unknown): string;
  registerAdminConsoleCustomSetting(key: string, component: ComponentType<CustomSettingProps>, options?: { showTitle: boolean }): void;
  registerWebSocketEventHandler(event: string, handler: (message: SocketMessage) => void): void;
  unregisterWebSocketEventHandler(event: string): void;
  registerReconnectHandler(handler: () => void): void;
  unregisterReconnectHandler(): void;
  registerReducer(reducer: (state: unknown, action: { type: string }) => unknown): void;
  registerTranslations(texts: (locale: string) => Readonly<Record<string, string>>): void;
  unregisterComponent: (id: string) => void;
}
