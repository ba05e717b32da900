// Settings of the System Console for which a text is not enough.

import React from 'react';
import type { Part } from '../part';
import { style } from '../style';
import { Check } from './check';
import { ADMIN_CSS } from './css';
import { FilterChannels } from './filter';
import { NumbersUsers } from './numbers';

let unstyle: (() => void) | undefined;

/** Keys are those of plugin.json. A bundle without one of them never shows it. */
export const admin: Part = {
  start: ({ pluginId, registry, api, server, t }) => {
    unstyle = style(pluginId, 'admin', ADMIN_CSS);
    const titled = { showTitle: true };
    registry.registerAdminConsoleCustomSetting('Check', (props) => <Check {...props} api={api} t={t} />, titled);
    registry.registerAdminConsoleCustomSetting('FilterChannels', (props) => <FilterChannels {...props} server={server} t={t} />, titled);
    registry.registerAdminConsoleCustomSetting('NumbersUsers', (props) => <NumbersUsers {...props} t={t} />, titled);
  },
  stop: () => unstyle?.(),
};
