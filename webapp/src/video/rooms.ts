// Which conferences are on, in channels that one is a member of.

import type { Context } from '../part';

export interface Room {
  channelId: string;
  /** When it began, in milliseconds since 1970; null where none is on. */
  since: number | null;
  /** How many are in it. */
  count: number;
  /** The first of those who are in it, by ids. */
  people: readonly string[];
}

/** What the server publishes to a channel's members when somebody comes or goes. */
export const CHANGED = 'video_changed';

/** What such a message says; undefined where it says nothing that is understood, as a server of another version might. */
function told(data: Readonly<Record<string, unknown>>): Room | undefined {
  const { channelId, since, count, people } = data;
  if (typeof channelId !== 'string' || typeof count !== 'number') return undefined;
  const ids = Array.isArray(people) ? people.filter((id): id is string => typeof id === 'string') : [];
  return { channelId, since: typeof since === 'number' ? since : null, count, people: ids };
}

/** Asks for the rooms at the start and when the connection was lost; in between, the server tells what changes. */
export class Rooms {
  private rooms = new Map<string, Room>();
  private asking = false;
  private again = false;
  /** What was told while an answer was under way, which may be older. */
  private meanwhile: Room[] = [];
  private readonly ended = new AbortController();

  constructor(
    private readonly context: Context,
    private readonly changed: () => void,
  ) {
    context.onMessage(CHANGED, ({ data }) => this.hear(told(data)));
    context.onReconnect(() => void this.ask());
    void this.ask();
  }

  /** The conference that is on in a channel. */
  in(channelId: string): Room | undefined {
    return this.rooms.get(channelId);
  }

  end(): void {
    this.ended.abort();
  }

  private hear(room: Room | undefined): void {
    if (!room) {
      void this.ask();
      return;
    }
    if (this.asking) this.meanwhile.push(room);
    this.take(room);
    this.changed();
  }

  private take(room: Room): void {
    if (room.count > 0) this.rooms.set(room.channelId, room);
    else this.rooms.delete(room.channelId);
  }

  /** One question at a time: what changes meanwhile is asked for afterwards. */
  private async ask(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    this.meanwhile = [];
    try {
      const rooms = await this.context.api.get<readonly Room[]>('/api/v1/video/rooms', this.ended.signal);
      this.rooms = new Map();
      for (const room of [...rooms, ...this.meanwhile]) this.take(room);
      if (!this.ended.signal.aborted) this.changed();
    } catch {
      // The mark is for information only, and the next change brings it up to date.
    } finally {
      this.asking = false;
    }
    if (this.again && !this.ended.signal.aborted) {
      this.again = false;
      await this.ask();
    }
  }
}
