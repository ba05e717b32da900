// The boxes under a post, with their buttons and menus. Text is always set as text.
import { make } from './dom.js';
import { markdown } from './markdown.js';

const COLOURS = { good: 'var(--green)', warning: 'var(--amber)', danger: 'var(--red)' };

function link(text, address, className) {
  if (!/^https?:\/\//.test(address ?? '')) return make('span', className, text);
  const element = make('a', className, text);
  element.href = address;
  element.target = '_blank';
  element.rel = 'noreferrer';
  return element;
}

function fields(list) {
  const table = make('dl', 'fields-of-box');
  for (const { title, value, short } of list) {
    const field = make('div', short ? 'short' : '');
    const what = make('dd');
    what.append(markdown(String(value ?? '')));
    field.append(make('dt', '', title), what);
    table.append(field);
  }
  return table;
}

/** A press of a button, or a choice from a menu, as clients send it. The answer comes with the events. */
async function act(post, action, chosen, tell) {
  try {
    const response = await fetch(`api/v4/posts/${post.id}/actions/${encodeURIComponent(action.id)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
      body: JSON.stringify(chosen === undefined ? {} : { selected_option: chosen }),
    });
    if (!response.ok) {
      const { message, detailed_error: why } = await response.json();
      tell(why ? `${message} (${why})` : message);
    }
  } catch {
    tell('no answer: the dev host is not there');
  }
}

function control(post, action, tell) {
  if (action.type === 'select') {
    const select = make('select');
    select.append(new Option(action.name, '', true, true));
    for (const option of action.options ?? []) select.append(new Option(option.text, option.value));
    select.setAttribute('aria-label', action.name);
    select.addEventListener('change', () => { if (select.value) act(post, action, select.value, tell); });
    return select;
  }
  const button = make('button', `action ${/^[a-z]+$/.test(action.style ?? '') ? action.style : ''}`, action.name);
  button.type = 'button';
  button.disabled = Boolean(action.disabled);
  button.addEventListener('click', async () => {
    button.disabled = true;
    await act(post, action, undefined, tell);
    button.disabled = false;
  });
  return button;
}

/** The boxes of a post. `tell` shows what went wrong with a button. */
export function boxes(post, tell) {
  const list = post.props?.attachments;
  return (Array.isArray(list) ? list : []).map((attachment) => {
    const box = make('div', 'box');
    const colour = COLOURS[attachment.color] ?? (/^#[0-9a-f]{6}$/i.test(attachment.color ?? '') ? attachment.color : '');
    if (colour) box.style.setProperty('--edge-of-box', colour);
    if (attachment.author_name) box.append(link(attachment.author_name, attachment.author_link, 'author'));
    if (attachment.title) box.append(link(attachment.title, attachment.title_link, 'title'));
    if (attachment.text) box.append(markdown(attachment.text));
    if (attachment.fields?.length > 0) box.append(fields(attachment.fields));
    if (attachment.actions?.length > 0) {
      const actions = make('div', 'buttons');
      actions.append(...attachment.actions.map((action) => control(post, action, tell)));
      box.append(actions);
    }
    if (attachment.footer) box.append(make('p', 'hint', attachment.footer));
    const whole = document.createDocumentFragment();
    if (attachment.pretext) whole.append(markdown(attachment.pretext));
    whole.append(box);
    return whole;
  });
}
