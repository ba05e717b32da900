// Ids for what labels name: React 17 has no `useId`.

import { useState } from 'react';

let last = 0;

/** An id that stays the same while the component lives. */
export function useOwnId(name: string): string {
  const [id] = useState(() => `switchboard-phone-${name}-${(last += 1)}`);
  return id;
}
