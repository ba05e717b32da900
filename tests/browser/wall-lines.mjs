// The wall of an office without queues: its lines, as many as fit, live.

import { asked, done, live, open, run, step, until } from './lib.mjs';

const measure = (page) =>
  page.evaluate(() => {
    const tiles = [...document.querySelectorAll('.tile.line')];
    const root = document.documentElement;
    const size = (tile) => parseFloat(getComputedStyle(tile.querySelector('.is')).fontSize);
    return {
      names: tiles.map((tile) => tile.querySelector('h3').textContent),
      states: tiles.map((tile) => tile.querySelector('.is').textContent.trim()),
      scrolls: root.scrollHeight > innerHeight || root.scrollWidth > innerWidth,
      inside: tiles.every((tile) => tile.scrollHeight <= tile.clientHeight + 1 && tile.getBoundingClientRect().bottom <= innerHeight),
      state: Math.min(...tiles.map(size)) / Math.min(innerWidth, innerHeight),
    };
  });

await run(async (browser, url) => {
  const seen = {};
  for (const [width, height] of [
    [1920, 1080],
    [1080, 1920],
  ]) {
    const page = await open(browser, asked(url, { view: 'wall' }), { viewport: { width, height } });
    await live(page);
    await until(page, () => document.querySelectorAll('.tile.line').length === 20);
    seen[`${width}x${height}`] = { ...(await measure(page)), complaints: page.complaints };
    if (width > height) {
      await step('wall');
      await until(page, () => document.querySelector('.tile.busy')?.textContent.includes('0240404040'));
      seen.call = await page.textContent('.tile.busy');
      await step('called');
      await until(page, () => !document.querySelector('.tile.busy'));
    }
    await page.context().close();
  }
  done(seen);
});
