// Whoever may no longer see the board is told so, and the page tries no more.

import { done, live, open, run, step, until } from './lib.mjs';

await run(async (browser, url) => {
  const page = await open(browser, url);
  await live(page);
  await step('open');
  await until(page, () => document.body.dataset.live === 'ended');
  // The strip says it in four lines on a narrow page: it stood before what is below it.
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await until(page, () => document.getElementById('live').getBoundingClientRect().bottom <= document.querySelector('h1').getBoundingClientRect().top);
  }
  let tried = 0;
  page.on('websocket', () => (tried += 1));
  const text = await page.textContent('#live');
  await page.waitForTimeout(3000);
  done({ text, tried });
});
