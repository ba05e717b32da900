// main.js: what Mattermost loads on every page of somebody who is signed in.

import { admin } from './admin';
import { phone } from './phone';
import { place } from './place';
import { Plugin } from './plugin';
import { video } from './video';

const here = place();
if (here) {
  const parts = { always: [admin], configured: [video, phone] };
  window.registerPlugin?.(here.pluginId, new Plugin(here, parts, (address) => import(address)));
}
