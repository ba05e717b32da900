// The others' sound, at the loudspeaker that was chosen.

/** Plays it, whether or not the panel is open. */
export class Speaker {
  private readonly sound = new Audio();

  play(stream: MediaStream): void {
    this.sound.srcObject = stream;
    // Somebody clicked to be here, so that the browser lets it play.
    void this.sound.play().catch(() => undefined);
  }

  silence(): void {
    this.sound.srcObject = null;
  }

  /** Plays it at another device; empty: at the system's. Answers whether it is so; where not, it is the system's. */
  async use(device: string): Promise<boolean> {
    // Firefox before 116 and Safari before 18.4 have no choice of speakers.
    const { setSinkId } = this.sound as { setSinkId?: (id: string) => Promise<void> };
    try {
      await setSinkId?.call(this.sound, device);
      return true;
    } catch {
      // It is gone.
      await setSinkId?.call(this.sound, '').catch(() => undefined);
      return false;
    }
  }
}
