// A wall that may no longer see the board tries again now and then: nobody is there to load its page anew.

import { asked, done, live, open, run, step, until } from './lib.mjs';

await run(async (browser, url) => {
  const page = await open(browser, asked(url, { view: 'wall' }));
  await live(page);
  await page.clock.install();
  await step('open');
  await until(page, () => document.body.dataset.live === 'ended');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await until(page, () => document.getElementById('live').getBoundingClientRect().bottom <= document.getElementById('clock').getBoundingClientRect().top);
  const tries = page.waitForEvent('websocket');
  await page.clock.fastForward('04:00');
  await tries;
  await until(page, () => document.body.dataset.live === 'ended');
  done({});
});
