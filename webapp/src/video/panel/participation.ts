// What the server knows of a visit: that we joined, that we are in and still there, that we left.

import type { Api } from '../../api';
import type { SocketMessage } from '../../registry';
import { ELSEWHERE, isTakenOver, tabId, type Conference, type Joined } from '../call';
import { refusalOf, statusOf, type Problem } from '../problems';

interface Heard {
  /** The conference that was asked for, also when it had to be asked for anew. */
  conference(conference: Conference): void;
  /** Whether the server does not answer. */
  gone(gone: boolean): void;
  /** The server lets us be in it no longer. */
  over(why: Problem, text: string): void;
}

export class Participation {
  private readonly tab = tabId();
  private joined: Joined | undefined;
  private channelId = '';
  /** Whether the server took it that we are in: until then each beat says so anew. */
  private isTold = false;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Raised by leaving: what was asked for before and comes later is given back at once. */
  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'post' | 'postAtUnload'>,
    private readonly heard: Heard,
  ) {}

  get conference(): Conference | undefined {
    return this.joined?.conference;
  }

  /** Whether a message says that another window or device took it over. */
  isTakenOver(message: SocketMessage): boolean {
    return this.joined !== undefined && isTakenOver(message, this.joined.participation);
  }

  /** Asks for a channel's conference. Answers whether we have it: false where we left meanwhile. Throws an `ApiError`. */
  async ask(channelId: string, takeOver: boolean): Promise<boolean> {
    const { turn } = this;
    let answer: Joined;
    try {
      answer = await this.api.post<Joined>('/api/v1/video/join', { channelId, tab: this.tab, ...(takeOver ? { takeOver } : {}) });
    } catch (error) {
      if (this.turn !== turn) return false;
      throw error;
    }
    if (this.turn !== turn) {
      this.release(answer.participation);
      return false;
    }
    this.joined = answer;
    this.channelId = channelId;
    this.isTold = false;
    this.heard.conference(answer.conference);
    return true;
  }

  /** We are in: the server is told, and from then on that we still are. Answers whether that is new. */
  announce(): boolean {
    if (this.timer !== undefined || !this.joined) return false;
    this.timer = setInterval(() => void this.beat(), this.joined.beat * 1000);
    void this.beat();
    return true;
  }

  private async beat(): Promise<void> {
    const participation = this.joined?.participation;
    if (participation === undefined) return;
    try {
      await this.api.post(`/api/v1/video/${this.isTold ? 'beat' : 'joined'}`, { participation });
      if (this.joined?.participation !== participation) return;
      this.isTold = true;
      this.heard.gone(false);
    } catch (error) {
      const { status } = statusOf(error);
      if (this.joined?.participation !== participation) return;
      if (status === 409) this.heard.over('taken_over', '');
      // No member any more, or the channel is archived: the server says which.
      else if (status === 403) this.refused(error);
      // The plugin has started anew, and knows nothing of us.
      else if (status === 410 || status === 404) await this.again();
      else this.heard.gone(true);
    }
  }

  private async again(): Promise<void> {
    const { turn } = this;
    try {
      // Taking it over would take it back from a tab that took it over from this one.
      if (!(await this.ask(this.channelId, false)) || !this.joined) return;
      await this.api.post('/api/v1/video/joined', { participation: this.joined.participation });
      if (this.turn !== turn) return;
      this.isTold = true;
      this.heard.gone(false);
    } catch (error) {
      if (this.turn !== turn) return;
      const { status, code } = statusOf(error);
      if (status === 409 && code === ELSEWHERE) this.heard.over('taken_over', '');
      else if (status === 403) this.refused(error);
      else this.heard.gone(true);
    }
  }

  private refused(error: unknown): void {
    const { why, text } = refusalOf(error);
    this.heard.over(why, text);
  }

  /** It is over; `tell`: the server does not know that. */
  end(tell: boolean): void {
    const participation = this.joined?.participation;
    clearInterval(this.timer);
    this.timer = undefined;
    this.joined = undefined;
    this.isTold = false;
    this.turn += 1;
    if (tell && participation !== undefined) this.release(participation);
  }

  private release(participation: string): void {
    // Who cannot say so is gone without beats, too.
    this.api.post('/api/v1/video/leave', { participation }).catch(() => undefined);
  }

  /** The page goes away. */
  leaveAtUnload(): void {
    if (this.joined) this.api.postAtUnload('/api/v1/video/leave', { participation: this.joined.participation });
  }
}
