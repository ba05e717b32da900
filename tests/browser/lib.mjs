// What all cases share: a browser, steps that the Rust test takes in turn, and what a page complained of.

import readline from 'node:readline';
import { chromium } from 'playwright-core';

/** How long something may take that should be there at once, in milliseconds. */
export const PATIENCE = 60000;

const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Says how far the case is, and with what; waits until the test has done its part, and answers with what that told. */
export async function step(name, told = {}) {
  process.stdout.write(`${JSON.stringify({ step: name, told })}\n`);
  const { value, done } = await input.next();
  if (done) process.exit(1);
  return value ? JSON.parse(value) : null;
}

/** The last word of a case. */
export function done(told) {
  process.stdout.write(`${JSON.stringify({ step: 'done', told })}\n`);
}

/** Runs a case with a browser. `args` are more of Chromium's arguments. */
export async function run(play, args = []) {
  const browser = await chromium.launch({
    executablePath: process.env.SWITCHBOARD_CHROMIUM,
    // A container has neither the rights for its sandbox nor much shared memory.
    chromiumSandbox: false,
    args: ['--disable-dev-shm-usage', ...args],
  });
  try {
    await play(browser, process.argv[2]);
  } finally {
    await browser.close();
  }
  process.exit(0);
}

/** A page with an ear for complaints: of scripts, of the console, of the content security policy, of what could not be loaded. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  page.complaints = complaints;
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  if (options.javaScriptEnabled !== false) {
    await page.exposeFunction('complain', (text) => complaints.push(text));
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        window.complain(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
  }
  await page.goto(url);
  return page;
}

/** Waits until the page says that it is live, and shows what the stream told in the place of what the server wrote. */
export const live = (page) => page.waitForSelector('body[data-live=live][data-drawn]', { state: 'attached' });

/** An address with more in its query. */
export function asked(url, more) {
  const made = new URL(url);
  for (const [key, value] of Object.entries(more)) made.searchParams.set(key, value);
  return made.href;
}

/** The rows of a table that are shown: the first cell, and the others by their columns' names, as a reader has them. */
export const rows = (page, id) =>
  page.evaluate((part) => {
    const text = (cell) => cell.textContent.replace(/\s+/g, ' ').trim();
    const found = document.querySelectorAll(`#${part}-table tbody tr:not(.people)`);
    return [...found]
      .filter((row) => row.checkVisibility())
      .map((row) => {
        const cells = [...row.querySelectorAll('td')].map((td) => [td.dataset.label, text(td)]);
        return { name: text(row.querySelector('th')), ...Object.fromEntries(cells) };
      });
  }, id);

/** Who waits, talks and takes calls in a queue, as a reader has it. */
export const people = (page, queue) =>
  page.evaluate((name) => {
    const bodies = [...document.querySelectorAll('#queues-table tbody')];
    const body = bodies.find((one) => one.querySelector('th bdi').textContent === name);
    const items = (part) => [...body.querySelectorAll(`.${part} li`)].map((li) => li.textContent.replace(/\s+/g, ' ').trim());
    return { waits: items('waits'), talks: items('talks'), takes: items('takes') };
  }, queue);

/** Waits until a function of the page's is true. */
export const until = (page, told, argument) => page.waitForFunction(told, argument, { polling: 50 });
