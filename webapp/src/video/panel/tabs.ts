// What tabs of one browser tell each other: that a conference goes on in another one.

const NAME = 'switchboard-video-taken-over';

/**
 * The server tells a tab with its next beat that another one is in its place, and cannot tell that from a restart once that other one has
 * left. The browser's own tabs are told at once. Browsers without `BroadcastChannel` (Safari before 15.4) wait for the beat.
 */
export class Tabs {
  private readonly line = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(NAME);

  /** `taken` is called with the channel whose conference another tab took over. */
  constructor(taken: (channelId: string) => void) {
    this.line?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') taken(data);
    });
  }

  /** This tab took it over. */
  tell(channelId: string): void {
    this.line?.postMessage(channelId);
  }

  stop(): void {
    this.line?.close();
  }
}
