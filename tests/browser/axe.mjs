// Accessibility, by axe-core: each way to look at the board, in each language.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { asked, done, live, open, run, step, until } from './lib.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

async function check(page) {
  // As a tool of the browser's, which the page's policy does not concern.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'] });
    return { rules: result.passes.length, violations: result.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`) })) };
  });
  return found;
}

const LOOKS = {
  light: { theme: 'light' },
  dark: { theme: 'dark' },
  contrast: { contrast: 'more' },
  'dark contrast': { theme: 'dark', contrast: 'more' },
  German: { lang: 'de' },
  French: { lang: 'fr', theme: 'dark' },
  wall: { view: 'wall' },
  'dark wall': { view: 'wall', theme: 'dark', lang: 'fr' },
};

await run(async (browser, url) => {
  const seen = {};
  for (const full of [false, true]) {
    if (full) await step('empty');
    for (const [look, query] of Object.entries(LOOKS)) {
      for (const [width, height] of look === 'German' ? [[1440, 900], [390, 800]] : [[1440, 900]]) {
        const page = await open(browser, asked(url, query), { viewport: { width, height } });
        await live(page);
        if (full && query.view) await until(page, () => document.querySelector('.tile.some'));
        else if (full) await until(page, () => document.querySelectorAll('#history-table tbody tr').length > 0);
        seen[`${full ? 'full' : 'empty'} ${look} ${width}`] = { ...(await check(page)), complaints: page.complaints };
        if (full && look === 'light') {
          await page.click('.menu > summary');
          await page.click('#chart summary');
          seen['full with the menu open'] = { ...(await check(page)), complaints: page.complaints };
          await page.keyboard.press('Escape');
          await page.click('.buttons > button:nth-child(2)');
          await page.waitForSelector('dialog[open]');
          seen['the question before a reset'] = { ...(await check(page)), complaints: page.complaints };
        }
        await page.context().close();
      }
    }
  }
  done(seen);
});
