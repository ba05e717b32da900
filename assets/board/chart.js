// The day's chart: drawn by the server, fetched again when its hours changed; and the same as a table.

import { element } from './cells.js';
import { Stream } from './stream.js';
import { clock as clockWords, duration, words } from './text.js';

/** It is fetched no more often than this, in milliseconds. */
const CALM = 15000;
const HOUR = 3600000;

export class Chart {
  #asked = -CALM;
  #wanted = false;
  #busy = false;

  constructor(model, filter) {
    this.model = model;
    this.filter = filter;
    this.drawing = document.getElementById('drawing');
    this.body = document.querySelector('#chart-table tbody');
  }

  /** It is another one from now on: at once where somebody chose another queue. */
  change(now) {
    this.#wanted = true;
    if (now) this.#asked = -CALM;
    this.second();
  }

  second() {
    if (!this.#wanted || this.#busy || document.hidden || performance.now() - this.#asked < CALM) return;
    this.#wanted = false;
    this.#asked = performance.now();
    this.#table();
    this.#draw();
  }

  async #draw() {
    this.#busy = true;
    try {
      const lang = document.documentElement.lang;
      const { queue } = this.filter;
      // One that is not there has no chart, and no hours in the table either.
      if (queue && !this.model.queues.has(queue)) {
        this.drawing.replaceChildren();
        return;
      }
      const url = Stream.path('dashboard/chart.svg', { lang, queue });
      const answer = await fetch(url, { cache: 'no-store' });
      if (!answer.ok) throw new Error(String(answer.status));
      const parsed = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml');
      const svg = parsed.documentElement;
      if (svg.localName === 'svg') this.drawing.replaceChildren(document.importNode(svg, true));
    } catch {
      // The old one stays until the next time.
      this.#wanted = true;
    } finally {
      this.#busy = false;
    }
  }

  #hours() {
    const { model, filter } = this;
    const all = filter.queue
      ? [model.queues.get(filter.queue)?.hours || []]
      : [model.day.hours, ...[...model.queues.values()].map((queue) => queue.hours)];
    const sums = new Map();
    for (const { hour, answered, lost, average_wait: wait } of all.flat()) {
      const sum = sums.get(hour) || { answered: 0, lost: 0, waited: 0 };
      sum.answered += answered;
      sum.lost += lost;
      sum.waited += wait * (answered + lost);
      sums.set(hour, sum);
    }
    return [...sums].sort(([one], [other]) => one - other);
  }

  #table() {
    const began = this.model.day.began;
    const rows = this.#hours().map(([hour, { answered, lost, waited }]) => {
      const th = element('th', '', began ? clockWords(began + hour * HOUR) : `${String(hour).padStart(2, '0')}:00`);
      th.scope = 'row';
      const values = [answered, lost, duration(waited / (answered + lost))];
      const labels = [words.answered, words.lost, words.average_wait];
      const tds = values.map((value, at) => {
        const td = element('td', 'n', String(value));
        td.dataset.label = labels[at];
        return td;
      });
      return element('tr', '', th, ...tds);
    });
    this.body.replaceChildren(...rows);
  }
}
