// One of several pages of somebody's: each hears of the same call, and one alone opens the caller's page.

/** How long a claim may take to be seen by pages that other processes of the browser run, in milliseconds. */
const SEEN_WITHIN = 200;

/** Claims that are older are nobody's any more, in milliseconds. */
const OLD = 10 * 60_000;

const random = () => Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-');

function forgetOld(own: string, now: number): void {
  const keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '');
  for (const key of keys) {
    const at = Number.parseInt(localStorage.getItem(key) ?? '', 10);
    if (key.startsWith(own) && !(Math.abs(now - at) < OLD)) localStorage.removeItem(key);
  }
}

/**
 * Whether this page is the one that does it. Of pages that claim it at the same moment, the last has it: storage is the same for all of a
 * site's pages, and what is written later stays. Without storage each page is on its own.
 */
export async function claim(pluginId: string, what: string): Promise<boolean> {
  const own = `${pluginId}-claim-`;
  const now = Date.now();
  const mine = `${now} ${random()}`;
  try {
    forgetOld(own, now);
    if (localStorage.getItem(own + what) !== null) return false;
    localStorage.setItem(own + what, mine);
    await new Promise((resolve) => setTimeout(resolve, SEEN_WITHIN));
    return localStorage.getItem(own + what) === mine;
  } catch {
    return true;
  }
}
