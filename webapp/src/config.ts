// What the server tells the webapp of its settings: GET /api/v1/webapp.

export interface VideoConfig {
  /** Whether the call is in the sidebar; else in a window of its own. */
  embedded: boolean;
  /** The conferencing node, `host[:port]`. */
  node: string;
  /** Its origin, such as `https://meet.example.com`. */
  origin: string;
  displayNameType: string;
  /** In which kinds of channels there is video. */
  kinds: { channels: boolean; direct: boolean; group: boolean };
  /** The channels of teams that have video, by the beginnings of their ids; null: all of them. */
  filter: readonly string[] | null;
}

export interface PhoneConfig {
  /** Whether the one who asks may see the board. */
  board: boolean;
  /** Whether calls can be started. */
  calls: boolean;
  /** What can be done with a call: `hangup`, `transfer`, `park`, `pickup`, `hold`, `answer`, … */
  controls: readonly string[];
  /** Whether there are pages to open for a caller. */
  callbackPages: boolean;
}

export interface Config {
  id: string;
  version: string;
  /** The language of the server's texts, where it tells one. */
  language?: string;
  /** Null: there is no video here. */
  video: VideoConfig | null;
  /** Null: there is no phone here. */
  phone: PhoneConfig | null;
}

/** Where the server is asked. */
export const CONFIG_PATH = '/api/v1/webapp';
