// Callers who chose strange names: harmless, and readable.

import { asked, done, live, open, people, rows, run, step, until } from './lib.mjs';

await run(async (browser, url) => {
  const pages = [await open(browser, url), await open(browser, asked(url, { view: 'wall' }))];
  for (const page of pages) {
    page.on('dialog', () => page.complaints.push('a script of a caller ran'));
    await live(page);
  }
  const [page, wall] = pages;
  const { count } = await step('open');
  await until(page, (wanted) => document.querySelectorAll('#lines-table tbody tr').length >= wanted, count);
  await until(page, () => document.querySelectorAll('#queues-table tbody').length >= 3);
  await until(wall, () => document.querySelectorAll('.tile').length > 0);
  const seen = { lines: await rows(page, 'lines'), queues: await rows(page, 'queues') };
  seen.support = await people(page, 'support');
  const strange = () => {
    const main = document.getElementById('main');
    return {
      elements: main.querySelectorAll('script, img, iframe, object, a, b i, style, [onerror], [onclick], [style]').length,
      wide: document.documentElement.scrollWidth > innerWidth,
      marks: /[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(main.textContent),
      longest: Math.max(...[...main.querySelectorAll('bdi')].map((one) => Array.from(one.textContent).length)),
    };
  };
  seen.page = await page.evaluate(strange);
  seen.wall = await wall.evaluate(strange);
  seen.complaints = [...page.complaints, ...wall.complaints];
  done(seen);
});
