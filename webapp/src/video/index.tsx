// Video conferences: the button in the channel's header, and what it opens.

import type { VideoConfig } from '../config';
import type { Context, Part } from '../part';
import { button } from './button';
import { panel } from './panel/part';
import { window } from './window';

/**
 * A piece of it: started with the settings, it answers how to end it. The button calls what is offered as `video.open`, with
 * the channel: `window` offers it where calls have a window of their own, the panel where they are in the sidebar.
 */
export interface Piece {
  start(context: Context, video: VideoConfig): () => void;
  busy?(): boolean;
}

const PIECES: readonly Piece[] = [window, panel, button];

let ends: (() => void)[] = [];

export const video: Part = {
  start: (context) => {
    const settings = context.config.video;
    if (settings) ends = PIECES.map((piece) => piece.start(context, settings));
  },
  stop: () => {
    ends.reverse().forEach((end) => end());
    ends = [];
  },
  busy: () => PIECES.some((piece) => piece.busy?.() ?? false),
};
