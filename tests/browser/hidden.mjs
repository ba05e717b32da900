// A page in the background for days: it does not keep in mind all that ended meanwhile.

import { done, live, open, rows, run } from './lib.mjs';

await run(async (browser, url) => {
  const page = await open(browser, url);
  await page.addInitScript(() => {
    window.WebSocket = class extends WebSocket {
      constructor(...from) {
        super(...from);
        window.stream = this;
      }
    };
  });
  await page.reload();
  await live(page);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    window.requestAnimationFrame = () => 0;
    const call = { began: Date.now(), ended: Date.now(), line: 'bob', direction: 'incoming', wait: 0, ending: 'missed' };
    for (let id = 1; id <= 3000; id += 1) window.stream.onmessage({ data: JSON.stringify({ n: 0, call: { ...call, id } }) });
  });
  done({ rows: (await rows(page, 'history')).length, complaints: page.complaints });
});
