// In which channel's conference whoever is signed in is, by this page.

/** The window or the panel tells, and the button in the channel's header hears. */
class Where {
  private at: string | undefined;
  private readonly listeners = new Set<() => void>();

  /** The channel; undefined: they are in no conference by this page. */
  get channelId(): string | undefined {
    return this.at;
  }

  set(channelId: string | undefined): void {
    if (channelId === this.at) return;
    this.at = channelId;
    this.listeners.forEach((listener) => listener());
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

export const where = new Where();
