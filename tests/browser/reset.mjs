// An administrator begins the counters of a queue anew; a screen on the wall cannot.

import { asked, done, live, open, rows, run, step, until } from './lib.mjs';

await run(async (browser, url) => {
  const { cookies, wall } = await step('open');
  const page = await open(browser, url, { storageState: { cookies, origins: [] } });
  await live(page);
  await until(page, () => document.querySelectorAll('#queues-table tbody').length === 2);
  const seen = { language: await page.getAttribute('html', 'lang'), before: await rows(page, 'queues') };
  const reset = page.locator('#controls .buttons > button').nth(1);
  seen.button = await reset.innerText();
  await page.selectOption('.filters select', 'sales');
  await reset.click();
  seen.question = await page.innerText('dialog p');
  await page.click('dialog button:not(.main)');
  await until(page, () => !document.querySelector('dialog'));
  seen.cancelled = await rows(page, 'queues');
  await reset.click();
  await page.click('dialog button.main');
  await until(page, () => !document.querySelector('dialog'));
  await page.selectOption('.filters select', '');
  await until(page, () => [...document.querySelectorAll('#queues-table tbody')].some((body) => body.rows[0].cells[5].textContent === '0'));
  seen.after = await rows(page, 'queues');
  await page.context().close();

  const screen = await open(browser, asked(wall, { lang: 'en' }));
  await live(screen);
  seen.screen = await screen.locator('#controls .buttons > button').allInnerTexts();
  seen.complaints = [...page.complaints, ...screen.complaints];
  done(seen);
});
