// A morning of a call centre: what all tables say, as a reader has them. The test tells what it counted; the page is given time to show
// that, and what it shows then is told, whatever it is.

import { isDeepStrictEqual } from 'node:util';
import { done, live, open, PATIENCE, run, step } from './lib.mjs';

/** All rows are on the screen: what is not seen is drawn later. */
const TALL = { viewport: { width: 1440, height: 12000 } };

/** How often the page is looked at, in milliseconds. */
const LOOKING = 200;

/** All tables at one moment. Times, which go on, are left out. */
const look = (page) =>
  page.evaluate(() => {
    // A page without a script comes anew every few seconds, and this is closed again then.
    document.querySelector('#chart details').open = true;
    const text = (element) => element.innerText.replace(/\s+/g, ' ').trim();
    const timeless = (element) => text(element).replace(/ \d+:\d\d(:\d\d)?(?= |$)/g, '');
    const rows = (part) => {
      const found = [...document.querySelectorAll(`#${part}-table tbody tr:not(.people)`)].filter((row) => row.checkVisibility());
      return found.map((row) => {
        const cells = Object.fromEntries([...row.querySelectorAll('td')].map((td) => [td.dataset.label, td]));
        return { row, name: text(row.querySelector('th')), cell: (label) => text(cells[label]), bare: (label) => timeless(cells[label]) };
      });
    };
    const named = (part, value) => Object.fromEntries(rows(part).map((one) => [one.name, value(one)]));
    const people = ({ row }, part) => [...row.parentElement.querySelectorAll(`.people .${part} li`)].map(timeless);
    const counts = ['Waiting', 'Answered', 'Lost', 'Total', '% answered'];
    const sum = (label) => String(rows('chart').reduce((all, { cell }) => all + Number(cell(label)), 0));
    const sums = [...document.querySelectorAll('#queues-table tfoot td')].map(text);
    return {
      queues: named('queues', (one) => ({
        // A sign says that somebody waits too long.
        counts: counts.map((label) => one.cell(label).replace(/^▲ /, '')),
        within: one.cell('Within 3600 s'),
        waits: people(one, 'waits'),
        talks: people(one, 'talks'),
      })),
      // All but the longest wait, and what is no sum.
      sums: [sums[0], ...sums.slice(2, 6)],
      agents: named('agents', ({ cell }) => ['State', 'With whom', 'Calls today', 'Queues'].map(cell)),
      lines: named('lines', ({ cell, bare }) => [cell('State'), cell('Calls'), bare('With whom')]),
      ended: rows('history')
        .map(({ cell }) => ['Queue or line', 'Caller', 'Agent', 'How it ended'].map(cell))
        .sort(),
      hours: ['Answered', 'Lost'].map(sum),
    };
  });

/** What the page shows once that is what was counted, or when it had its time. */
async function shows(page, counted) {
  const until = Date.now() + PATIENCE;
  let seen = await look(page);
  while (!isDeepStrictEqual(seen, counted) && Date.now() < until) {
    await page.waitForTimeout(LOOKING);
    seen = await look(page);
  }
  return seen;
}

await run(async (browser, url) => {
  const page = await open(browser, url, TALL);
  await live(page);
  await page.evaluate(() => (window.same = true));

  const others = [];
  const another = async (options) => {
    const opened = await open(browser, url, { ...TALL, ...options });
    others.push(opened);
    return opened;
  };
  // All of it is what the server writes.
  const plain = async () => shows(await another({ javaScriptEnabled: false }), counted);

  // At the busiest moment, when all is over, and after a last word of everybody.
  let counted = await step('open');
  counted = await step('seen', await shows(page, counted));
  counted = await step('seen', await plain());
  counted = await step('seen', await shows(page, counted));
  counted = await step('seen', await shows(page, counted));
  const anew = await another({});
  await live(anew);
  await step('seen', await shows(anew, counted));
  await step('seen', await plain());

  const complaints = [page, ...others].flatMap((one) => one.complaints);
  const rows = await page.locator('#history-table tbody tr').count();
  done({ same: await page.evaluate(() => window.same), rows, complaints });
});
