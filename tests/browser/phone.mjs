// The phone in the sidebar: calls are followed and changed, colleagues' are picked up, people are called by a click, a caller's page opens.

import { done, open, run, step, until } from './lib.mjs';

const PANEL = '.switchboard-phone';
const POPS = '.switchboard-phone-pops li';

await run(async (browser, url) => {
  const page = await open(browser, url);
  const button = (name, within = page) => within.getByRole('button', { name, exact: true });
  const text = (words) => until(page, ([selector, wanted]) => document.querySelector(selector)?.textContent.includes(wanted), [PANEL, words]);
  const seen = {};
  await button('Phone').click();
  await page.waitForSelector('[data-phone-live=live]');
  await text('No call at this moment.');

  await step('open');
  await page.waitForSelector(POPS);
  seen.pop = await page.locator(`${POPS} bdi:first-child`).allInnerTexts();
  await text('rings');
  await step('popped');
  await text('in a call');
  await until(page, (pops) => document.querySelectorAll(pops).length === 0, POPS);
  seen.popGone = true;
  const before = await page.innerText(`${PANEL} .switchboard-phone-time`);
  await until(page, ([selector, old]) => document.querySelector(selector).textContent !== old, [`${PANEL} .switchboard-phone-time`, before]);

  await button('Transfer: 0171555001').click();
  await step('transfer');
  const field = page.locator('.switchboard-phone-call input');
  await field.fill('bo');
  await page.locator('.switchboard-phone-call').getByRole('option', { name: 'bob' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByText('The call was sent on to').waitFor();
  await step('transferred');
  await button('Hang up: 0171555001').click();
  await step('hangup');
  await text('No call at this moment.');

  await step('ended');
  await button('Refuse: 0171555002', page.locator(POPS)).click();
  await step('refuse');
  await until(page, (pops) => document.querySelectorAll(pops).length === 0, POPS);

  await step('colleague');
  await button('Pick up: bob').click();
  await step('pickup');
  await page.getByText('Your phone 6001 rings').waitFor();

  await button('Call back: 0171555002').click();
  await step('back');

  await page.fill('#post_textbox', 'Ask [the office](tel:+33-2-40-40-40-40) please');
  await page.keyboard.press('Enter');
  const link = page.getByRole('link', { name: 'the office' });
  // A click that the browser is to have.
  await link.evaluate((element) => element.addEventListener('click', (event) => event.preventDefault()));
  await link.click({ modifiers: ['Control'] });
  seen.openedByCtrl = (await page.locator('dialog[open]').count()) > 0;
  await link.click();
  seen.asked = await page.innerText('dialog[open] h2');
  await page.keyboard.press('Escape');
  await until(page, () => !document.querySelector('dialog[open]'));
  await link.click();
  await button('Call', page.locator('dialog[open]')).click();
  await step('link');

  await page.locator('.posts .user-popover', { hasText: 'bob' }).first().click();
  await button('Call by phone').click();
  await step('profile');
  await page.getByRole('link', { name: '@bob', exact: true }).click();
  await button('Call @bob by phone').click();
  await step('direct');
  await page.getByRole('link', { name: '~phones', exact: false }).first().click();
  await until(page, () => !document.querySelector('[aria-label="Call @bob by phone"]'));

  const others = page.locator(`${PANEL} details summary`);
  await others.click();
  await button('Log in: support').click();
  await step('join');

  await page.locator(`${PANEL} select`).selectOption('here');
  await step('page');
  seen.page = await page.frameLocator('dialog iframe').locator('h1').innerText();
  seen.sandbox = await page.getAttribute('dialog iframe', 'sandbox');
  await button('Close', page.locator('dialog[open]')).click();
  await until(page, () => !document.querySelector('dialog[open]'));
  seen.complaints = page.complaints;
  done(seen);
});
