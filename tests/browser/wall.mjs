// The wall: all there is fits on the screen, in type that is read from afar, one page after the other.

import { asked, done, live, open, run, step, until } from './lib.mjs';

const measure = (page) =>
  page.evaluate(() => {
    const small = (element) => parseFloat(getComputedStyle(element).fontSize);
    const tiles = [...document.querySelectorAll('.tile')];
    const inside = (tile) => tile.scrollHeight <= tile.clientHeight + 1 && tile.scrollWidth <= tile.clientWidth + 1;
    const root = document.documentElement;
    const leaves = [...document.querySelectorAll('#wall *')].filter((one) => one.checkVisibility() && !one.childElementCount && !one.matches('.unseen') && one.textContent.trim());
    const side = Math.min(innerWidth, innerHeight);
    return {
      names: tiles.map((tile) => tile.querySelector('h3').textContent),
      waiting: tiles.map((tile) => tile.querySelector('.big b').textContent),
      scrolls: root.scrollHeight > innerHeight || root.scrollWidth > innerWidth,
      inside: tiles.every(inside),
      onScreen: tiles.every((tile) => tile.getBoundingClientRect().bottom <= innerHeight && tile.getBoundingClientRect().right <= innerWidth),
      number: Math.min(...tiles.map((tile) => small(tile.querySelector('.big b')))) / side,
      smallest: Math.min(...leaves.map(small)) / side,
      note: document.getElementById('wall-note').textContent,
    };
  });

await run(async (browser, url) => {
  const seen = {};
  for (const [width, height] of [
    [1920, 1080],
    [1280, 720],
    [1080, 1920],
  ]) {
    const page = await open(browser, asked(url, { view: 'wall', lang: 'de' }), { viewport: { width, height } });
    await live(page);
    await until(page, () => document.querySelectorAll('.tile').length > 0);
    const first = await measure(page);
    await until(page, (note) => document.getElementById('wall-note').textContent !== note, first.note);
    const second = await measure(page);
    seen[`${width}x${height}`] = { first, second, complaints: page.complaints };
    await page.context().close();
  }
  // From the board, with the key; and back.
  const page = await open(browser, url);
  await live(page);
  await page.keyboard.press('w');
  await until(page, () => document.body.dataset.mode === 'wall' && document.querySelectorAll('.tile').length === 12);
  seen.parts = await page.locator('section:visible').count();
  await step('wall');
  await until(page, () => document.querySelector('.tile.some'));
  await page.keyboard.press('w');
  await until(page, () => document.body.dataset.mode === 'board');
  seen.back = await page.locator('section:visible').count();
  seen.complaints = page.complaints;
  done(seen);
});
