// What can be behind somebody in their own picture.

import { choose, chosen } from '../choices';

/** Pictures of our own; `compose.ts` paints them. */
export const SCENES = ['light', 'blue', 'evening'] as const;

export type Scene = (typeof SCENES)[number];

/** `own` is a picture of theirs. Each has a text `video.background.<effect>`. */
export type Effect = 'none' | 'blur' | Scene | 'own';

const EFFECTS: readonly Effect[] = ['none', 'blur', ...SCENES, 'own'];

const NAME = 'background';

/** What Pexip Video Connect's effects are here; its picture of a room is none of ours, so that a wall hides as much. */
const BEFORE: ReadonlyMap<string, Effect> = new Map([['none', 'none'], ['blur', 'blur'], ['overlay', 'light']]);

export function isScene(effect: Effect): effect is Scene {
  return SCENES.some((scene) => scene === effect);
}

/** What was chosen in this browser the last time. */
export function remembered(): Effect {
  const kept = chosen(NAME, 'effect', (before) => BEFORE.get(before));
  return EFFECTS.find((effect) => effect === kept) ?? 'none';
}

export function remember(effect: Effect): void {
  choose(NAME, effect);
}
