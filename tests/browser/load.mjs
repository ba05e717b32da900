// Much goes on for long: no task of the page's takes long, memory does not grow, and a page in the background catches up.

import { done, live, open, rows, run, step, until } from './lib.mjs';

/** A board that is in the background for so long, in milliseconds, misses many changes. */
const HIDDEN = 5000;

await run(
  async (browser, url) => {
    const page = await open(browser, url);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await page.evaluate(() => {
      window.tasks = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.tasks.push(Math.round(entry.duration));
      }).observe({ type: 'longtask', buffered: true });
    });
    await live(page);
    const { lines, queues, seconds } = await step('open');
    await until(page, (wanted) => document.querySelectorAll('#lines-table tbody tr').length >= wanted, lines);
    await until(page, (wanted) => document.querySelectorAll('#queues-table tbody').length >= wanted, queues);

    const heap = async () => {
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const of = (name) => metrics.find((metric) => metric.name === name).value;
      return { bytes: of('JSHeapUsedSize'), nodes: of('Nodes') };
    };

    // The processor's time of each task: what other processes of the machine take does not count.
    const tasks = [];
    const tracing = await browser.newBrowserCDPSession();
    tracing.on('Tracing.dataCollected', ({ value }) => {
      for (const { name, pid, tid, ts, tdur, args } of value) {
        if (name === 'thread_name' && args.name === 'CrRendererMain') mains.add(`${pid} ${tid}`);
        if (tdur > 20000) tasks.push({ name, thread: `${pid} ${tid}`, ts, took: tdur / 1000 });
      }
    });
    const mains = new Set();

    const playing = step('load');
    // The first part is for caches to fill.
    await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / 4));
    const heaps = [await heap()];
    await tracing.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { recordMode: 'recordContinuously', includedCategories: ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'], excludedCategories: ['*'] },
    });
    const told = await playing;
    const collected = new Promise((resolve) => tracing.once('Tracing.tracingComplete', resolve));
    await tracing.send('Tracing.end');
    await collected;
    heaps.push(await heap());

    // In the background it draws nothing; and then all of it at once.
    const other = await page.context().newPage();
    await other.bringToFront();
    await page.evaluate(() => (window.tasks.length = 0));
    const { marker } = await step('hidden', { milliseconds: HIDDEN });
    await page.bringToFront();
    await until(page, (text) => document.querySelector('#lines-table').textContent.includes(text), marker);

    // Rows that are not seen are drawn a little later: all of them, once looked at.
    const count = await page.locator('#queues-table tbody').count();
    for (let at = 0; at < count; at += 1) await page.locator('#queues-table tbody').nth(at).scrollIntoViewIfNeeded();
    const shown = await rows(page, 'queues');

    // What takes most of a long task, for whoever has to find out why.
    const described = ({ thread, ts, took }) => {
      const inside = tasks.filter((one) => one.thread === thread && one.ts > ts && one.ts < ts + 1000 * took);
      return { took: Math.round(took), inside: inside.map((one) => `${one.name} ${Math.round(one.took)}`) };
    };
    done({
      played: told,
      queues: shown,
      heaps,
      tasks: tasks.filter(({ name, thread, took }) => name === 'RunTask' && took > 50 && mains.has(thread)).map(described),
      measured: mains.size,
      complaints: page.complaints,
    });
  },
  ['--enable-precise-memory-info'],
);
