// The plugin goes away and comes back: the page says so, and since when, and goes on by itself.

import { done, live, open, rows, run, step, until } from './lib.mjs';

await run(async (browser, url) => {
  const page = await open(browser, url);
  await live(page);
  await until(page, () => document.querySelectorAll('#lines-table tbody tr').length > 0);
  const seen = { before: await rows(page, 'lines') };
  await page.evaluate(() => {
    window.same = true;
    window.told = [];
    new MutationObserver(() => window.told.push(document.getElementById('told').textContent)).observe(document.getElementById('told'), { childList: true });
  });
  await step('open');
  await until(page, () => document.body.dataset.live === 'lost');
  seen.lost = await page.textContent('#live');
  seen.kept = await rows(page, 'lines');
  await step('lost');
  await live(page);
  await until(page, () => document.querySelector('#lines-table')?.textContent.includes('carol'));
  seen.after = await rows(page, 'lines');
  seen.again = await page.textContent('#live');
  seen.told = await page.evaluate(() => window.told);
  seen.same = await page.evaluate(() => window.same);
  // Only of connections that failed, as they should.
  seen.complaints = page.complaints.filter((text) => !/WebSocket connection|Failed to load resource|EventSource/.test(text));
  done(seen);
});
