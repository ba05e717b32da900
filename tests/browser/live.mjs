// What is played while somebody looks: every part of the page shows it, without being loaded again.

import { done, live, open, people, rows, run, step, until } from './lib.mjs';

await run(async (browser, url) => {
  const page = await open(browser, url);
  await live(page);
  await page.evaluate(() => (window.same = true));
  const { last } = await step('open');
  await until(page, (number) => [...document.querySelectorAll('#history-table tbody tr')].some((row) => row.textContent.includes(number)), last);
  // Until what came with it is drawn, and rows that are not seen are, too.
  await until(page, () => document.querySelector('#chart-table tbody')?.rows.length > 0);
  const seen = {};
  const timer = '#queues-table .waits .t';
  const before = await page.textContent(timer);
  await until(page, ([selector, text]) => document.querySelector(selector).textContent !== text, [timer, before]);
  for (const part of ['queues', 'agents', 'lines', 'history']) seen[part] = await rows(page, part);
  seen.support = await people(page, 'support');
  await page.click('#chart summary');
  seen.chart = await rows(page, 'chart');
  seen.sources = await page.locator('#sources li').allInnerTexts();
  seen.drawing = await page.textContent('#drawing desc');
  seen.title = await page.title();
  seen.same = await page.evaluate(() => window.same);
  seen.complaints = page.complaints;
  done(seen);
});
