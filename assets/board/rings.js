// The page of a caller whose call just began to ring: here in a frame, in a window, or not at all, as the viewer chose.

import { element } from './cells.js';
import { button, kept } from './controls.js';
import { peerName, peerNumber, plain, say, words } from './text.js';

/** So long after it began to ring it is of no use any more, in milliseconds. */
const OLD = 30000;
/** The most that wait for the viewer, and the most whose ids are remembered: the server tells each for half a minute. */
const MAX_WAITING = 5;
const MAX_KNOWN = 100;

const KEPT = 'switchboard-rings';

/** The ids that were told before the page was loaded again: the server tells them once more. */
function known() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) || [];
  } catch {
    return [];
  }
}

function remember(ids) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...ids]));
  } catch {
    // Then one may open twice.
  }
}

/** Who calls whom: the caller's name and number, as far as the board may show them. */
function heading({ line, queue, peer }) {
  const place = plain(line || queue || '');
  const name = peerName(peer);
  const number = peer ? peerNumber(peer) : '';
  const caller = name && number && name !== number ? `${name} (${number})` : name || words.unknown_caller;
  return say('ring_for', { caller: plain(caller), place });
}

export class Rings {
  #known = new Set(known());
  #waiting = [];
  #dialog = null;

  /** `now` is the server's clock; `wanted` tells whether the filter lets a ring through. */
  constructor(now, wanted) {
    this.now = now;
    this.wanted = wanted;
  }

  told(ring) {
    if (this.#known.has(ring.id)) return;
    this.#known.add(ring.id);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.values().next().value);
    remember(this.#known);
    const way = kept.rings || 'off';
    if (way === 'off' || this.now() - ring.at > OLD || !this.wanted(ring) || !/^https?:/.test(ring.url)) return;
    if (way === 'window') this.#window(ring);
    else this.#frame(ring);
  }

  /** A window of its own each time: one that cannot reach the board cannot be used again by it. */
  #window(ring) {
    const opened = window.open('');
    if (!opened) {
      this.#frame(ring, true);
      return;
    }
    opened.opener = null;
    opened.location.replace(ring.url);
  }

  #frame(ring, blocked = false) {
    this.#waiting.push({ ring, blocked });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    if (this.#dialog) this.#count();
    else this.#show();
  }

  #show() {
    const { ring, blocked } = this.#waiting.shift();
    const dialog = (this.#dialog = element('dialog', 'ring'));
    const head = element('h2', '', heading(ring));
    head.id = 'ring-head';
    dialog.setAttribute('aria-labelledby', head.id);
    const link = element('a', '', words.ring_open);
    link.href = ring.url;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    dialog.append(head);
    if (blocked) dialog.append(element('p', '', words.ring_blocked));
    else {
      const frame = element('iframe');
      // A page of this very server must not get out of its frame.
      const own = new URL(ring.url).origin === location.origin;
      frame.setAttribute('sandbox', `allow-forms allow-popups allow-scripts${own ? '' : ' allow-same-origin'}`);
      frame.referrerPolicy = 'no-referrer';
      frame.title = head.textContent;
      frame.src = ring.url;
      dialog.append(frame);
    }
    this.next = button('', () => dialog.close());
    const close = button(words.close, () => this.#close(), 'main');
    // Else the frame has it, from which no Escape comes back.
    close.autofocus = true;
    const buttons = element('p', 'buttons', link, this.next, close);
    dialog.append(buttons);
    dialog.addEventListener('close', () => {
      dialog.remove();
      this.#dialog = null;
      if (this.#waiting.length > 0) this.#show();
    });
    document.body.append(dialog);
    this.#count();
    dialog.showModal();
  }

  #close() {
    this.#waiting = [];
    this.#dialog.close();
  }

  #count() {
    this.next.hidden = this.#waiting.length === 0;
    this.next.textContent = say('ring_next', { count: this.#waiting.length });
  }
}
