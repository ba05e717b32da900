// What somebody chose, in this browser's storage, for all of the site. Pexip Video Connect kept its choices there, too: they are taken over.

import { read, write } from '../kept';

const storage = () => window.localStorage;

/** What the names of our choices begin with in the storage, and what those of Pexip Video Connect do, from its version 1.1 on. */
const OURS = 'switchboard-video-';
const THEIRS = 'pexip:';

/**
 * The choice called `name`; null where none was made. Where none was made with us, that of Pexip Video Connect called `before` is made ours, once:
 * `means` says what it is here, and undefined where it is nothing.
 */
export function chosen(name: string, before: string, means: (value: string) => string | undefined): string | null {
  const own = read(storage, OURS + name);
  if (own !== null) return own;
  const theirs = read(storage, THEIRS + before);
  const taken = theirs === null ? undefined : means(theirs);
  if (taken === undefined) return null;
  choose(name, taken);
  return taken;
}

export function choose(name: string, value: string): void {
  write(storage, OURS + name, value);
}
