// The board's stream: a websocket that is opened again after a gap, where it went on. Without one that opens, server-sent events.

/** So long without a message, in milliseconds, and the connection counts as lost: the server says something every ten seconds. */
const SILENCE = 25000;
/** How long to wait before trying again, in milliseconds: twice as long each time, up to this. */
const WAIT_FIRST = 500;
const WAIT_MOST = 30000;
/** Over so long those come back whose connection was open: the server may have gone, and all of them lost it at once. */
const SPREAD = 4000;
/** How long a wall waits before it tries again that may no longer see the board: nobody is there to load it again. */
const WALL_WAIT = 180000;
/** Close code of RFC 6455: whoever looks may no longer see the board. */
const POLICY = 1008;
/** After so many websockets that did not open, server-sent events are tried. */
const TRIES = 2;

export class Stream {
  #socket = null;
  #timer = 0;
  #wait = WAIT_FIRST;
  #failed = 0;
  #heard = 0;
  #ended = false;

  /** `place` tells where to go on; `told` takes each message; `became` what the stream is: live, lost or ended. */
  constructor(place, told, became) {
    this.place = place;
    this.told = told;
    this.became = became;
    const again = () => this.#again();
    addEventListener('online', again);
    document.addEventListener('visibilitychange', again);
    setInterval(() => this.#listen(), 1000);
    this.#open();
  }

  /** The path of something of the board's, with what of the page's own address lets one see it. */
  static path(path, more = {}) {
    const url = new URL(path, location.href);
    const own = new URLSearchParams(location.search);
    for (const key of ['wall', 'secret']) if (own.has(key)) url.searchParams.set(key, own.get(key));
    for (const [key, value] of Object.entries(more)) if (value) url.searchParams.set(key, value);
    return url;
  }

  #open() {
    this.#timer = 0;
    const { after, epoch } = this.place();
    const more = after > 0 ? { after, epoch } : {};
    const events = this.#failed >= TRIES && this.#failed % 2 === 0;
    const socket = events ? this.#events(more) : this.#websocket(more);
    this.#socket = socket;
    this.#heard = performance.now();
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      this.#heard = performance.now();
      this.#failed = 0;
      this.#wait = WAIT_FIRST;
      const message = JSON.parse(event.data);
      if (message.board) this.became('live');
      this.told(message);
    };
  }

  #websocket(more) {
    const url = Stream.path('api/v1/board/ws', more);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    let opened = false;
    socket.onopen = () => (opened = true);
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      if (event.code === POLICY) this.#end();
      else this.#lost(opened);
    };
    return socket;
  }

  #events(more) {
    const source = new EventSource(Stream.path('api/v1/board/events', more));
    // It would open itself again at an address that is old by then.
    source.onerror = () => source === this.#socket && this.#lost(false);
    return source;
  }

  #lost(opened) {
    this.#drop();
    this.became('lost');
    if (!opened) {
      this.#failed += 1;
      this.#ask();
    }
    clearTimeout(this.#timer);
    // Not all viewers at once after the server was away.
    const wait = this.#wait * (0.7 + 0.6 * Math.random()) + (opened ? SPREAD * Math.random() : 0);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#wait = Math.min(2 * this.#wait, WAIT_MOST);
  }

  /** Why it does not open: a websocket that was refused does not say. */
  async #ask() {
    try {
      const answer = await fetch(Stream.path('api/v1/board'), { method: 'HEAD', cache: 'no-store' });
      if (answer.status === 401 || answer.status === 403) this.#end();
    } catch {
      // The server is not there: it is tried again in any case.
    }
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) socket.close();
  }

  #end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#drop();
    this.became('ended');
    if (!new URLSearchParams(location.search).has('wall')) return;
    const wait = WALL_WAIT * (0.7 + 0.6 * Math.random());
    this.#timer = setTimeout(() => {
      this.#ended = false;
      this.#open();
    }, wait);
  }

  /** Tries at once where there is reason to hope. */
  #again() {
    if (this.#ended || this.#socket || document.hidden) return;
    clearTimeout(this.#timer);
    this.#wait = WAIT_FIRST;
    this.#open();
  }

  #listen() {
    if (this.#socket && performance.now() - this.#heard > SILENCE) this.#lost(true);
  }
}
