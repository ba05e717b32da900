// What can be behind somebody in their own picture.

import { read, write } from '../../kept';

/** Pictures of our own; `compose.ts` paints them. */
export const SCENES = ['light', 'blue', 'evening'] as const;

export type Scene = (typeof SCENES)[number];

/** `own` is a picture of theirs. Each has a text `video.background.<effect>`. */
export type Effect = 'none' | 'blur' | Scene | 'own';

const EFFECTS: readonly Effect[] = ['none', 'blur', ...SCENES, 'own'];

/** In the browser's storage, for all of the site. */
const KEY = 'switchboard-video-background';

export function isScene(effect: Effect): effect is Scene {
  return SCENES.some((scene) => scene === effect);
}

/** What was chosen in this browser the last time. */
export function remembered(): Effect {
  const kept = read(() => window.localStorage, KEY);
  return EFFECTS.find((effect) => effect === kept) ?? 'none';
}

export function remember(effect: Effect): void {
  write(() => window.localStorage, KEY, effect);
}
