// The page of a caller: off first; then here, in a frame that can do nothing to the board; then in a window.

import { done, live, open, run, step, until } from './lib.mjs';

await run(async (browser, url) => {
  const page = await open(browser, url);
  await live(page);
  const seen = {};
  await page.click('.menu > summary');
  const choice = page.locator('.menu select').last();
  seen.first = await choice.inputValue();
  await page.keyboard.press('Escape');
  await step('off');
  await until(page, () => document.querySelector('#lines-table').textContent.includes('0701'));
  seen.off = await page.locator('dialog').count();

  await page.click('.menu > summary');
  await choice.selectOption('here');
  await page.keyboard.press('Escape');
  await step('here');
  const frame = page.frameLocator('dialog iframe');
  seen.here = await frame.locator('h1').innerText();
  seen.heading = await page.innerText('dialog h2');
  seen.sandbox = await page.getAttribute('dialog iframe', 'sandbox');
  await page.keyboard.press('Escape');
  await until(page, () => !document.querySelector('dialog'));

  await page.click('.menu > summary');
  await choice.selectOption('window');
  await page.keyboard.press('Escape');
  const popup = page.context().waitForEvent('page');
  await step('window');
  const opened = await popup;
  await opened.waitForSelector('h1');
  seen.window = await opened.innerText('h1');
  seen.opener = await opened.evaluate(() => window.opener === null);

  await page.reload();
  seen.kept = await page.locator('.menu select').last().inputValue();
  seen.complaints = page.complaints;
  done(seen);
});
