// The webapp in a channel: the video button, the window that it opens, what is said where it cannot.

import { done, open, run, step, until } from './lib.mjs';
import { axe, button, goTo, node, shot } from './webapp_lib.mjs';

/** How many looks at a window, a quarter of a second apart, make it one that was seen, and one more: `webapp/src/video/window.tsx`. */
const SETTLED_LOOKS = 6;

/** Lets the page's own clock go on for so many looks: it counts those of the webapp, which it is no faster than. */
const looks = (page, number) =>
  page.evaluate(
    (number) =>
      new Promise((done) => {
        let left = number;
        const looking = setInterval(() => {
          if (--left > 0) return;
          clearInterval(looking);
          done();
        }, 250);
      }),
    number,
  );

await run(async (browser, argument) => {
  const { url, label, joined, names, look } = JSON.parse(argument);
  const seen = {};
  const page = await open(browser, 'about:blank', look);
  const conferences = await node(page.context());
  await page.goto(url);
  seen.button = await button(page, label).getAttribute('aria-label');
  seen.react = await page.evaluate(() => window.React.version);
  seen.axe = await axe(page, seen.button);
  await shot(page, `${names}-button`);

  const popup = page.context().waitForEvent('page');
  await button(page, label).click();
  const opened = await popup;
  await opened.waitForSelector('h1');
  seen.window = { address: opened.url(), opener: await opened.evaluate(() => window.opener === null), name: await opened.evaluate(() => window.name) };
  await button(page, joined).waitFor();
  seen.axe.push(...(await axe(page, 'a conference is on')));
  await shot(page, `${names}-on`);
  await step('joined');
  await looks(page, SETTLED_LOOKS);
  await opened.close();
  await button(page, label).waitFor();

  // A node whose pages hide from whoever opened them.
  conferences.alone = true;
  const hidden = page.context().waitForEvent('page');
  await button(page, label).click();
  await (await hidden).waitForSelector('h1');
  await page.waitForSelector('[role=alert] .switchboard-notice');
  await button(page, joined).waitFor();
  seen.axe.push(...(await axe(page, 'unseen')));
  await shot(page, `${names}-unseen`);
  await step('unseen');
  await page.locator('.switchboard-notice button').first().click();
  await button(page, label).waitFor();
  seen.complaints = [...page.complaints];

  conferences.down = true;
  await button(page, label).click();
  seen.down = await page.innerText('[role=alert] .switchboard-notice p');
  seen.axe.push(...(await axe(page, 'unreachable')));
  await shot(page, `${names}-unreachable`);
  await page.locator('.switchboard-notice button').last().click();
  await until(page, () => !document.querySelector('.switchboard-notice'));

  await goTo(page, '~Town Square');
  seen.filtered = await button(page, label).count();
  await goTo(page, '~Phones');
  await button(page, label).waitFor();
  done(seen);
});
