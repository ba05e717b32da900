// The System Console's page: channels with video, numbers as a table, the check.

import { done, open, run, step, until } from './lib.mjs';
import { axe, shot } from './webapp_lib.mjs';

await run(async (browser, argument) => {
  const { url, names, look } = JSON.parse(argument);
  const seen = {};
  const page = await open(browser, url, look);
  const part = (name) => page.locator(`[data-testid=switchboard-${name}]`);
  await part('numbers').waitFor();
  seen.rows = await part('numbers').locator('tbody tr').count();
  await part('numbers').getByRole('button', { name: 'Add a number' }).click();
  await page.keyboard.type('6001');
  await page.keyboard.press('Tab');
  await page.keyboard.type('alice');
  await part('numbers').locator('summary').click();
  await part('numbers').locator('textarea').fill('Extension;Login\n6002;bob\n6003;carol');
  await part('numbers').getByRole('button', { name: 'Add to the table' }).click();
  seen.imported = await part('numbers').getByRole('status').innerText();

  await part('filter').getByRole('checkbox').check();
  await part('filter').getByRole('combobox').fill('pho');
  await part('filter').getByRole('option', { name: 'Phones (Acme)' }).waitFor();
  seen.axe = await axe(page, 'search');
  await shot(page, `${names}-search`);
  await page.keyboard.press('Enter');
  await part('filter').getByRole('button', { name: 'Remove Phones (Acme)' }).waitFor();
  await page.locator('#saveSetting').click();
  await until(page, () => document.querySelector('.admin-console-save [role=status]').textContent === 'Saved.');
  await step('saved');

  await part('check').getByRole('button').click();
  await part('check').locator('[data-part=pexip]').waitFor();
  seen.checks = await part('check').locator('li').evaluateAll((items) => items.map((item) => [item.dataset.part, item.dataset.state, item.textContent]));
  seen.axe.push(...(await axe(page, 'check')));
  await part('check').scrollIntoViewIfNeeded();
  await shot(page, `${names}-check`);
  await part('numbers').scrollIntoViewIfNeeded();
  await shot(page, `${names}-numbers`);
  seen.wide = await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
  seen.complaints = page.complaints;
  done(seen);
});
