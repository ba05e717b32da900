// Asterisk goes away and comes back: the panel and the board say so, and show nobody as free meanwhile.

import { done, live, open, run, step, until } from './lib.mjs';
import { axe, shot } from './webapp_lib.mjs';

/** What the panel, and then the board, has: a sign for each line and agent, the class of one that is unknown, and what is said. */
const PANEL = ['.switchboard-phone-dot', 'is-gone', '[data-gone=Asterisk]'];
const BOARD = ['#lines tbody .state, #agents tbody .state', 'unknown', '#sources .down'];

const look = ([signs, , said]) => ({
  signs: [...document.querySelectorAll(signs)].map((sign) => sign.className.split(' ').pop()),
  said: document.querySelector(said)?.textContent ?? '',
});
/** Whether all that is shown is as it is while Asterisk is gone, or as it is while it is there. */
const is = ([[signs, unknown, said], gone]) => (document.querySelector(said) !== null) === gone && [...document.querySelectorAll(signs)].every((sign) => sign.classList.contains(unknown) === gone);

await run(async (browser, url) => {
  const page = await open(browser, url);
  await page.getByRole('button', { name: 'Phone', exact: true }).click();
  await page.waitForSelector('[data-phone-live=live]');
  const board = await page.context().newPage();
  await board.goto(new URL('/plugins/switchboard/dashboard', url).href);
  await live(board);
  const pages = [[page, PANEL], [board, BOARD]];
  const seen = { axe: [] };
  // What both come to, once Asterisk is there or gone on both.
  const both = async (gone) => {
    for (const [one, what] of pages) await until(one, is, [what, gone]);
    return Promise.all(pages.map(([one, what]) => one.evaluate(look, what)));
  };
  await page.getByRole('button', { name: 'Hang up: 0171555001' }).waitFor();
  seen.there = await both(false);
  await step('there');
  seen.gone = await both(true);
  seen.orders = await page.getByRole('button', { name: 'Hang up: 0171555001' }).count();
  seen.panel = await page.textContent('.switchboard-phone');
  seen.axe.push(...(await axe(page, 'Asterisk is gone')));
  await shot(page, 'gone');
  await shot(board, 'gone-board');
  await step('gone');
  seen.back = await both(false);
  done(seen);
});
