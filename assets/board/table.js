// A table whose rows keep their elements and, while somebody looks closely at it, their places.

import { element, put, tick } from './cells.js';
import { collator, say } from './text.js';

/** So long after the pointer or a key moved last, in milliseconds, nobody looks closely any more. */
const IDLE = 60000;
/** Where rows are sorted again as things change, it is no more often than this, in milliseconds. */
const CALM = 5000;
/** So long a second rows that are not seen are set to what they are now, in milliseconds. */
const SLICE = 8;
/** More new rows than this at once are sorted in with all others. */
const FEW = 8;

const compare = (one, other) => {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return collator.compare(String(one), String(other));
};

export class Table {
  rows = new Map();
  #order = [];
  #body = null;
  #sorted = 0;
  #dropped = new Set();
  /** Rows that are not seen, and whose cells are not what their items are now. */
  #stale = new Set();
  #moved = -IDLE;
  #over = false;
  #pending = false;

  /**
   * `kind` is what the table is of: `id`; `items`, a function that gives the map of all; `make`, which gives a row's element;
   * `update`, which sets a row to its item; `values`, by which columns are sorted; `matches`, which filters; `none`, which says why
   * there is nothing; `newest`, whether the newest is first until somebody sorts, and new ones wait while somebody looks.
   */
  constructor(kind, sorting) {
    this.kind = kind;
    this.sorting = sorting;
    const section = document.getElementById(kind.id);
    this.section = section;
    this.scroll = section.querySelector('.scroll');
    this.table = section.querySelector('table');
    this.none = section.querySelector('.none');
    this.count = section.querySelector('h2').appendChild(element('span', 'count'));
    this.foot = this.table.tFoot;
    this.seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const row = this.rows.get(entry.target.key);
        if (!row) continue;
        row.seen = entry.isIntersecting;
        if (!row.seen) continue;
        this.#refresh(row);
        tick(row.timers);
      }
    });
    this.#watch();
    this.#heads();
  }

  /** Puts what the stream told in the place of what the server wrote. */
  begin() {
    for (const body of [...this.table.tBodies]) body.remove();
    this.#body = this.kind.bodies ? this.table : this.table.appendChild(element('tbody'));
    this.arrange(true);
  }

  #watch() {
    const moved = () => (this.#moved = performance.now());
    this.scroll.addEventListener('pointermove', (event) => {
      this.#over = event.pointerType === 'mouse';
      moved();
    });
    this.scroll.addEventListener('pointerleave', () => (this.#over = false));
    this.scroll.addEventListener('keydown', moved);
    this.scroll.addEventListener('focusin', moved);
  }

  /** Whether somebody looks closely: then nothing moves. */
  get held() {
    if (performance.now() - this.#moved > IDLE) return false;
    const focused = document.activeElement;
    return this.#over || (this.scroll.contains(focused) && !focused.closest('thead'));
  }

  #heads() {
    for (const th of this.table.tHead.querySelectorAll('th')) {
      const button = element('button', 'sort', th.textContent);
      button.type = 'button';
      th.replaceChildren(button);
      button.addEventListener('click', () => this.#sortBy(th.dataset.key));
    }
    this.#mark();
  }

  #sortBy(column) {
    const before = this.sorting.get(this.kind.id);
    const same = before && before.column === column;
    // Up, down, and as it was.
    const next = !same ? { column, down: this.kind.down.includes(column) } : { column, down: !before.down };
    const back = same && before.turned;
    this.sorting.set(this.kind.id, back ? null : { ...next, turned: same });
    this.#mark();
    this.sort();
    this.arrange(true);
  }

  #mark() {
    const sorting = this.sorting.get(this.kind.id);
    for (const th of this.table.tHead.querySelectorAll('th')) {
      if (sorting && sorting.column === th.dataset.key) th.setAttribute('aria-sort', sorting.down ? 'descending' : 'ascending');
      else th.removeAttribute('aria-sort');
    }
  }

  /** Sets a row's cells to what its item is now. */
  #refresh(row) {
    if (this.#stale.delete(row)) this.kind.update(row, row.item);
  }

  /** What a row is sorted by. */
  #value(row, column) {
    row.values ??= this.kind.values(row.item);
    return row.values[column];
  }

  /** Which of two rows is first. */
  #compare(one, other) {
    const sorting = this.sorting.get(this.kind.id);
    if (sorting) {
      const order = compare(this.#value(one, sorting.column), this.#value(other, sorting.column));
      if (order !== 0) return sorting.down ? -order : order;
    }
    return compare(this.#value(one, ''), this.#value(other, ''));
  }

  /** Sorts all rows by what they are now. */
  sort() {
    this.#order.sort((one, other) => this.#compare(one, other));
    this.#sorted = performance.now();
  }

  /** Sets the rows with these keys to their items until the time is up. What is left to do stays in `keys`. */
  update(keys, until) {
    const items = this.kind.items();
    const held = this.held;
    const fresh = [];
    for (const key of keys) {
      if (performance.now() > until) break;
      keys.delete(key);
      const item = items.get(key);
      let row = this.rows.get(key);
      if (!item) {
        if (row) this.#dropped.add(row);
        continue;
      }
      if (!row) {
        row = this.kind.make(item);
        row.key = row.element.key = key;
        row.timers = row.element.getElementsByClassName('t');
        row.seen = false;
        this.rows.set(key, row);
        this.seen.observe(row.element);
        fresh.push(row);
      }
      this.#dropped.delete(row);
      row.item = item;
      row.values = null;
      this.#stale.add(row);
      if (row.seen || fresh.at(-1) === row) this.#refresh(row);
      this.#filter(row, held, fresh.length > 0 && fresh.at(-1) === row);
    }
    if (fresh.length > 0) this.#insert(fresh, held);
    this.arrange(false);
  }

  #insert(fresh, held) {
    if (held && !this.kind.newest) this.#order.push(...fresh);
    else if (fresh.length > FEW) {
      this.#order.push(...fresh);
      this.sort();
    } else {
      for (const row of fresh) {
        const at = this.#order.findIndex((other) => this.#compare(row, other) < 0);
        this.#order.splice(at < 0 ? this.#order.length : at, 0, row);
      }
    }
    this.#pending = true;
  }

  #filter(row, held, fresh) {
    const matches = this.kind.matches(row.item);
    if (matches && row.element.hidden && !held) this.#refresh(row);
    if (held && !fresh) {
      // It stays as it is until nobody looks.
      row.element.classList.toggle('leaving', !matches && !row.element.hidden);
      if (row.element.hidden === matches) this.#pending = true;
    } else {
      row.element.hidden = !matches;
      row.element.classList.remove('leaving');
    }
  }

  /** Filters all rows anew. */
  filter() {
    for (const row of this.rows.values()) this.#filter(row, false, false);
    this.arrange(true);
  }

  /** Puts rows where they belong, unless somebody looks closely and did not ask for it. */
  arrange(asked) {
    if (!this.#body) return;
    const held = this.held && !asked;
    if (held) {
      for (const row of this.#dropped) row.element.classList.add('leaving');
      if (!this.kind.newest) this.#place();
      else this.#tell();
      this.#pending = true;
      return;
    }
    if (this.#dropped.size > 0) {
      for (const row of this.#dropped) {
        this.seen.unobserve(row.element);
        this.#stale.delete(row);
        row.element.remove();
        this.rows.delete(row.key);
      }
      this.#order = this.#order.filter((row) => !this.#dropped.has(row));
      this.#dropped.clear();
    }
    if (this.#pending) {
      this.#pending = false;
      for (const row of this.rows.values()) this.#filter(row, false, false);
    }
    this.#place();
    this.#tell();
  }

  #place() {
    const end = this.kind.bodies ? this.foot : null;
    let at = this.kind.bodies ? this.table.tBodies[0] || end : this.#body.firstElementChild;
    for (const row of this.#order) {
      if (row.element === at) at = at.nextElementSibling;
      else this.#body.insertBefore(row.element, at || end);
    }
  }

  #tell() {
    let shown = 0;
    let waiting = 0;
    for (const row of this.rows.values()) {
      if (!row.element.isConnected) waiting += 1;
      else if (!row.element.hidden) shown += 1;
    }
    const total = this.rows.size;
    put(this.count, shown === total || total === 0 ? String(total || '') : say('shown_of', { shown, total }));
    const why = shown === 0 ? this.kind.none(total) : waiting > 0 ? say('held_back', { count: waiting }) : '';
    put(this.none, why);
    this.none.hidden = why === '';
    this.scroll.hidden = shown === 0;
    if (this.kind.optional) this.section.hidden = total === 0;
  }

  /** Every second: timers of the rows that are seen, and what was held back while somebody looked. */
  second() {
    if (!this.held) {
      const again = this.sorting.live && this.sorting.get(this.kind.id) && performance.now() - this.#sorted >= CALM;
      if (again) this.sort();
      if (again || this.#pending || this.#dropped.size > 0) this.arrange(false);
    }
    for (const row of this.rows.values()) if (row.seen) tick(row.timers);
    const until = performance.now() + SLICE;
    for (const row of this.#stale) {
      if (performance.now() > until) break;
      this.#refresh(row);
    }
  }
}
