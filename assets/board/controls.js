// What a viewer sets: filters, sorting, how the board looks. Kept in this browser, with no name, number or text in it.

import { element } from './cells.js';
import { Stream } from './stream.js';
import { plain, say, words } from './text.js';

const KEPT = 'switchboard-board';

/** What is kept: theme, contrast, only in a call, sorting, shortcuts, rings. */
export const kept = (() => {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) || {};
  } catch {
    return {};
  }
})();

function keep() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // Then it holds until the page is left.
  }
}

/** By which columns tables are sorted. */
export const sorting = {
  get live() {
    return kept.live === true;
  },
  get: (table) => kept.sorted?.[table] || null,
  set(table, by) {
    kept.sorted = { ...kept.sorted, [table]: by };
    keep();
  },
};

/** What is let through. The queue and the text are not kept: they may be names. */
export class Filter {
  /** OVH's queues are called as their numbers, and a `+` that is not escaped arrives as a blank. */
  queue = (new URLSearchParams(location.search).get('queue') || '').replace(/^ (?=\d)/, '+');
  busy = kept.busy === true;
  #needle = '';

  #digits = '';

  set needle(text) {
    this.#needle = text.trim().toLocaleLowerCase();
    // A number may be written in any form: +33 9 12…, 0033912…, 0912….
    const digits = /^[\d\s+()./-]{3,}$/.test(this.#needle) ? this.#needle.replace(/\D/g, '').replace(/^0+/, '') : '';
    this.#digits = digits.length >= 3 ? digits : '';
  }

  /** Whether one of the texts holds what is looked for; `texts` makes them. */
  text(texts) {
    if (!this.#needle) return true;
    return texts().some((text) => {
      if (!text) return false;
      const shown = String(text).toLocaleLowerCase();
      return shown.includes(this.#needle) || (this.#digits !== '' && /^[\d\s+()./-]+$/.test(shown) && shown.replace(/\D/g, '').includes(this.#digits));
    });
  }

  /** The queue that was asked for may have been asked for by what people call it, in whatever case. */
  resolve(model) {
    if (!this.queue || model.queues.has(this.queue)) return false;
    const wanted = this.queue.toLocaleLowerCase();
    const all = [...model.queues.values()];
    const is = (text) => text?.toLocaleLowerCase() === wanted;
    const found = all.find((queue) => is(queue.name)) || all.find((queue) => is(queue.description));
    if (found) this.queue = found.name;
    return Boolean(found);
  }
}

const option = (value, text) => {
  const made = element('option', '', text);
  made.value = value;
  return made;
};

const labelled = (text, control) => element('label', '', element('span', '', text), control);

function box(text, checked, changed) {
  const input = element('input');
  input.type = 'checkbox';
  input.checked = checked;
  input.addEventListener('change', () => changed(input.checked));
  return element('label', 'box', input, element('span', '', text));
}

function choice(text, options, value, changed) {
  const select = element('select', '', ...options.map(([key, shown]) => option(key, shown)));
  select.value = value;
  select.addEventListener('change', () => changed(select.value));
  return labelled(text, select);
}

export function button(text, pressed, className = '') {
  const made = element('button', className, text);
  made.type = 'button';
  made.addEventListener('click', pressed);
  return made;
}

/** A question with two answers; without one to agree, something that was to be told. Resolves to whether it was yes. */
function asks(question, yes) {
  const dialog = element('dialog');
  const text = element('p', '', question);
  text.id = 'question';
  dialog.setAttribute('aria-labelledby', text.id);
  const close = button(yes ? words.cancel : words.close, () => dialog.close(''));
  const buttons = element('p', 'buttons', close);
  if (yes) buttons.append(button(yes, () => dialog.close('yes'), 'main'));
  dialog.append(text, buttons);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}

const cookie = (name) => {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
};

async function reset(model, filter) {
  const queue = filter.queue;
  const question = queue ? say('reset_queue', { queue: plain(model.shown(queue)) }) : words.reset_all;
  if (!(await asks(question, words.reset))) return;
  const headers = { 'X-CSRF-Token': cookie('MMCSRF'), 'X-Requested-With': 'XMLHttpRequest' };
  const body = new URLSearchParams(queue ? { queue } : {});
  let why = '';
  try {
    const answer = await fetch(Stream.path('api/v1/board/reset'), { method: 'POST', headers, body });
    if (!answer.ok) why = plain((await answer.json()).error);
  } catch (error) {
    why = plain(error.message);
  }
  if (why) await asks(say('reset_failed', { why }));
}

/** Makes the controls. `changed` is told when the filter is another one; `wall` turns the wall on. */
export function controls({ model, filter, changed, wall, rings }) {
  const root = document.documentElement;
  const find = element('input');
  find.type = 'search';
  find.placeholder = words.filter_hint;
  find.autocomplete = 'off';
  find.addEventListener('input', () => {
    filter.needle = find.value;
    changed(false);
  });
  const queue = element('select', '', option('', words.all_queues));
  queue.addEventListener('change', () => {
    filter.queue = queue.value;
    changed(true);
  });
  const busy = box(words.only_calls, filter.busy, (on) => {
    kept.busy = filter.busy = on;
    keep();
    changed(false);
  });
  const search = element('form', 'filters', labelled(words.filter, find), labelled(words.queue, queue), busy);
  search.setAttribute('role', 'search');
  search.addEventListener('submit', (event) => event.preventDefault());

  const themes = [
    ['auto', words.colours_auto],
    ['light', words.colours_light],
    ['dark', words.colours_dark],
  ];
  const theme = choice(words.colours, themes, root.dataset.theme, (value) => {
    kept.theme = root.dataset.theme = value;
    keep();
  });
  const contrast = box(words.contrast, root.dataset.contrast === 'more', (on) => {
    kept.contrast = root.dataset.contrast = on ? 'more' : 'auto';
    keep();
  });
  const live = box(words.keep_sorted, sorting.live, (on) => {
    kept.live = on;
    keep();
  });
  const keys = box(words.shortcuts, kept.keys !== false, (on) => {
    kept.keys = on;
    keep();
  });
  const languages = [
    ['en', 'English'],
    ['de', 'Deutsch'],
    ['fr', 'Français'],
  ];
  const language = choice(words.language, languages, root.lang, (value) => {
    const url = new URL(location.href);
    url.searchParams.set('lang', value);
    location.assign(url);
  });
  const ring = choice(
    words.rings,
    [
      ['off', words.rings_off],
      ['here', words.rings_here],
      ['window', words.rings_window],
    ],
    kept.rings || 'off',
    (value) => {
      kept.rings = value;
      keep();
    },
  );
  ring.hidden = !rings;
  const menu = element('details', 'menu', element('summary', '', words.display), element('div', '', theme, contrast, live, keys, language, ring));
  const resets = document.body.dataset.viewer === 'trusted' ? [button(words.reset, () => reset(model, filter))] : [];
  const place = document.getElementById('controls');
  place.replaceChildren(search, element('div', 'buttons', button(words.wall, wall), ...resets, menu));

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape') {
      if (menu.open) {
        menu.open = false;
        menu.firstChild.focus();
      } else if (document.activeElement === find || !event.target.closest('dialog')) {
        find.value = '';
        filter.needle = '';
        changed(false);
      }
      return;
    }
    if (kept.keys === false || event.target.closest('input, select, textarea, dialog')) return;
    if (event.key === '/') {
      event.preventDefault();
      find.focus();
    } else if (event.key === 'w') wall();
  });
  document.addEventListener('click', (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });

  return {
    /** The queues there are, by what people call them. */
    queues() {
      if (filter.resolve(model)) changed(true);
      const names = [...model.queues.keys()].sort();
      const told = JSON.stringify(names.map((name) => [name, model.shown(name)]));
      if (queue.told === told || document.activeElement === queue) return;
      queue.told = told;
      // One that is gone stays chosen, so that nothing is shown which was not asked for.
      if (filter.queue && !names.includes(filter.queue)) names.push(filter.queue);
      queue.replaceChildren(option('', words.all_queues), ...names.map((name) => option(name, plain(model.shown(name)))));
      queue.value = filter.queue;
      queue.closest('label').hidden = names.length === 0;
    },
    /** Pages of callers are sent: then what is done with them can be chosen. */
    rings() {
      ring.hidden = false;
    },
  };
}
