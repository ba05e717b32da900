// The plugin goes away and comes back: the panel says so, keeps what it had, and goes on by itself.

import { done, open, run, step, until } from './lib.mjs';

const PANEL = '.switchboard-phone';

await run(async (browser, url) => {
  const page = await open(browser, url);
  const text = (words) => until(page, ([selector, wanted]) => document.querySelector(selector)?.textContent.includes(wanted), [PANEL, words]);
  const seen = {};
  await page.getByRole('button', { name: 'Phone', exact: true }).click();
  await text('0171555001');
  await page.evaluate(() => (window.same = true));
  await step('open');
  // At one moment: a host that looks after its plugins may have brought it back by the next.
  const lost = await until(page, () => document.querySelector('[data-phone-live=lost] .switchboard-phone-lost')?.textContent);
  seen.lost = await lost.jsonValue();
  // It is not taken for something new.
  seen.kept = (await page.textContent(PANEL)).includes('0171555001');
  const coloured = () => page.locator('.switchboard-phone-dot').evaluateAll((dots) => dots.filter((dot) => getComputedStyle(dot).backgroundColor !== 'rgba(0, 0, 0, 0)').length);
  seen.colouredThen = await coloured();
  await step('lost');
  await page.waitForSelector('[data-phone-live=live]');
  await text('0171555009');
  seen.again = await page.locator('.switchboard-phone-lost:not(:empty)').count();
  seen.coloured = await coloured();
  seen.same = await page.evaluate(() => window.same);
  // Only of connections that failed, as they should.
  seen.complaints = page.complaints.filter((words) => !/WebSocket connection|Failed to load resource|EventSource/.test(words));
  done(seen);
});
