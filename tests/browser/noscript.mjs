// Without JavaScript: all is there, and is there anew a few seconds later.

import { done, open, rows, run, step } from './lib.mjs';

await run(async (browser, url) => {
  const page = await open(browser, url, { javaScriptEnabled: false });
  const seen = { queues: await rows(page, 'queues'), agents: await rows(page, 'agents'), lines: await rows(page, 'lines'), history: await rows(page, 'history') };
  seen.live = await page.innerText('#live');
  seen.controls = await page.innerText('#controls');
  await step('open');
  await page.locator('#lines-table').getByText('0999').waitFor();
  seen.after = await rows(page, 'lines');
  seen.complaints = page.complaints;
  done(seen);
});
