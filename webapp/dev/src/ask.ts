/** Asks the server's own API, as the page that is signed in. Throws an error in the server's words. */
export async function ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> {
  const base = document.documentElement.dataset.base ?? '';
  const token = /(?:^|;\s*)MMCSRF=([^;]*)/.exec(document.cookie)?.[1] ?? '';
  const answer = await fetch(base + path, {
    method,
    headers: { 'X-CSRF-Token': token, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const told: unknown = text === '' ? undefined : JSON.parse(text);
  if (answer.ok) return told;
  const { message, error } = (told ?? {}) as { message?: string; error?: string };
  throw new Error(message ?? error ?? `${answer.status} ${answer.statusText}`);
}
