// Filters, sorting that does not jump, keys, and what is kept.

import { done, live, open, rows, run, step, until } from './lib.mjs';

const names = async (page, part) => (await rows(page, part)).map((row) => row.name);

await run(async (browser, url) => {
  const page = await open(browser, url);
  await live(page);
  await until(page, () => document.querySelectorAll('#lines-table tbody tr').length >= 6);
  const seen = { all: await names(page, 'lines') };

  // By text, with the keys.
  await page.keyboard.press('/');
  await page.keyboard.type('0240');
  await until(page, () => document.querySelector('#lines .count').textContent.includes('1'));
  seen.text = { lines: await names(page, 'lines'), count: await page.textContent('#lines .count') };
  await page.keyboard.press('Escape');
  seen.cleared = await names(page, 'lines');

  // Only in a call, which is kept.
  await page.check('.filters input[type=checkbox]');
  seen.busy = await names(page, 'lines');
  await page.reload();
  await live(page);
  await until(page, () => document.querySelectorAll('#lines-table tbody tr').length >= 6);
  seen.kept = await names(page, 'lines');
  await page.uncheck('.filters input[type=checkbox]');

  // By queue: its row, its agents, its calls.
  await page.selectOption('.filters select', 'sales');
  seen.queue = { queues: await names(page, 'queues'), agents: await names(page, 'agents') };
  await page.selectOption('.filters select', '');

  // By a column: up and down; then state changes move nothing.
  const sort = (name) => page.click(`#lines-table thead th[data-key=${name}] button`);
  await sort('name');
  await sort('name');
  seen.down = await names(page, 'lines');
  seen.ariaSort = await page.getAttribute('#lines-table thead th[data-key=name]', 'aria-sort');
  await sort('name');
  await sort('calls');
  seen.calls = await names(page, 'lines');
  seen.state = await step('sorted');
  await until(page, () => document.querySelector('#lines-table').textContent.includes('0666'));
  seen.unmoved = await names(page, 'lines');

  // Under the pointer nothing moves, goes or comes between.
  await page.check('.filters input[type=checkbox]');
  seen.before = await names(page, 'lines');
  await page.hover('#lines-table tbody tr:not([hidden]) th');
  await step('hovers');
  await until(page, () => document.querySelector('#lines-table .leaving'));
  seen.hovered = await names(page, 'lines');
  await page.mouse.move(5, 5);
  await until(page, () => [...document.querySelectorAll('#lines-table tbody tr:not([hidden])')].some((row) => row.textContent.includes('0303')));
  await until(page, () => !document.querySelector('#lines-table .leaving'));
  seen.left = await names(page, 'lines');

  seen.stored = await page.evaluate(() => localStorage.getItem('switchboard-board'));
  seen.complaints = page.complaints;
  done(seen);
});
