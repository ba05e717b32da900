// What the cases with the webapp share.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** What axe-core finds wrong with a page as it is, each with `name` in front. */
export async function axe(page, name) {
  // As a tool of the browser's, which the page's policy does not concern.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: source });
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  });
  return found.map((text) => `${name}: ${text}`);
}

/**
 * A conferencing node as far as a window needs it, at https://meet.example.com; nothing answers there while it is `down`. With `alone` its
 * pages want no opener.
 */
export async function node(context) {
  const state = { down: false, alone: false, asked: [] };
  await context.route('https://meet.example.com/**', (route) => {
    const { pathname } = new URL(route.request().url());
    state.asked.push(pathname);
    if (state.down) return route.abort();
    if (pathname === '/api/client/v2/status') return route.fulfill({ json: {} });
    const headers = state.alone ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {};
    return route.fulfill({ headers, contentType: 'text/html', body: '<!DOCTYPE html><html lang="en"><title>Room</title><h1>Room</h1>' });
  });
  return state;
}

/** The button in the channel's header with this label. */
export const button = (page, label) => page.locator(`.channel-header button[aria-label="${label}"]`);

/** Opens another channel by its name in the list. */
export async function goTo(page, name) {
  await page.getByRole('link', { name, exact: true }).click();
  await page.locator('.channel-header h1', { hasText: name.slice(1) }).waitFor();
}

/** A picture, where SWITCHBOARD_SHOTS names a folder for them. */
export async function shot(page, name) {
  const folder = process.env.SWITCHBOARD_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
