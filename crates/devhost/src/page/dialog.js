// A form that a plugin shows, as Mattermost's clients show it. Text is always set as text.
import { make } from './dom.js';
import { markdown } from './markdown.js';

const TEXTS = ['email', 'number', 'password', 'tel', 'url'];

/** Characters of a text that has no limit of its own, as in Mattermost's clients. */
const LONGEST = { text: 150, textarea: 3000 };

function choices(field, options) {
  const select = make('select');
  if (field.optional || !field.default) select.append(new Option('', ''));
  for (const option of options) select.append(new Option(option.text, option.value));
  select.value = field.default;
  return [select, () => select.value || null];
}

function input(field, people) {
  const options = field.options ?? [];
  if (field.type === 'bool') {
    const box = make('input');
    box.type = 'checkbox';
    box.checked = field.default === 'true';
    const label = make('label', 'box-with-words');
    label.append(box, ` ${field.placeholder}`);
    return [label, () => box.checked];
  }
  if (field.type === 'radio') {
    const group = make('div');
    for (const option of options) {
      const button = make('input');
      button.type = 'radio';
      button.name = field.name;
      button.value = option.value;
      button.checked = option.value === field.default;
      const label = make('label', 'box-with-words');
      label.append(button, ` ${option.text}`);
      group.append(label);
    }
    return [group, () => group.querySelector('input:checked')?.value ?? null];
  }
  if (field.type === 'select') {
    return choices(field, field.data_source === 'users' ? people.map((user) => ({ text: `@${user.username}`, value: user.id })) : options);
  }
  const text = make(field.type === 'textarea' ? 'textarea' : 'input');
  if (field.type !== 'textarea') text.type = TEXTS.includes(field.subtype) ? field.subtype : 'text';
  text.value = field.default;
  text.placeholder = field.placeholder;
  text.maxLength = field.max_length || LONGEST[field.type] || LONGEST.text;
  return [text, () => (text.value === '' ? null : text.type === 'number' ? Number(text.value) : text.value)];
}

async function send(form, place, submission, cancelled) {
  const response = await fetch('api/v4/actions/dialogs/submit', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
    body: JSON.stringify({
      url: form.url, callback_id: form.callback_id, state: form.state,
      channel_id: place.id, team_id: place.team_id, submission, cancelled,
    }),
  });
  const answer = await response.json();
  return response.ok ? answer : { error: answer.message };
}

/** Shows a form over the page. `place` is the channel that the person looks at. */
export function showDialog(form, place, people) {
  const shown = make('dialog', 'form');
  const body = make('form');
  body.method = 'dialog';
  const title = make('h2', '', form.title);
  const wrong = make('p', 'answer bad');
  wrong.setAttribute('role', 'alert');
  body.append(title);
  if (form.introduction_text) {
    const introduction = make('div', 'introduction');
    introduction.append(markdown(form.introduction_text));
    body.append(introduction);
  }
  const fields = form.elements.map((field) => {
    const row = make('div', 'field');
    const [element, value] = input(field, people);
    const label = make('label', 'field-name', field.optional || field.type === 'bool' ? field.display_name : `${field.display_name} *`);
    const problem = make('p', 'answer bad');
    if (!['bool', 'radio'].includes(field.type)) {
      element.id = `field-${field.name}`;
      label.htmlFor = element.id;
    }
    row.append(label, element);
    if (field.help_text) {
      const help = make('div', 'hint');
      help.append(markdown(field.help_text));
      row.append(help);
    }
    row.append(problem);
    body.append(row);
    return { field, value, problem };
  });
  const cancel = make('button', 'quiet', 'Cancel');
  cancel.type = 'button';
  const submit = make('button', 'action primary', form.submit_label || 'Submit');
  const ends = make('div', 'buttons ends');
  ends.append(cancel, submit);
  body.append(wrong, ends);
  shown.append(body);

  const close = () => shown.remove();
  const closed = () => {
    close();
    if (form.notify_on_cancel) send(form, place, {}, true).catch(() => {});
  };
  cancel.addEventListener('click', closed);
  shown.addEventListener('cancel', closed);
  body.addEventListener('submit', async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    const submission = {};
    let missing = false;
    for (const { field, value, problem } of fields) {
      const given = value();
      submission[field.name] = given;
      const lacks = !field.optional && (given === null || given === false);
      const short = typeof given === 'string' && given.length < field.min_length;
      problem.textContent = lacks ? 'This field is required.' : short ? `At least ${field.min_length} characters.` : '';
      missing ||= lacks || short;
    }
    if (missing) return;
    submit.disabled = true;
    try {
      const { error, errors } = await send(form, place, submission, false);
      if (!error && !errors) return close();
      wrong.textContent = error ?? '';
      for (const { field, problem } of fields) problem.textContent = errors?.[field.name] ?? '';
    } catch {
      wrong.textContent = 'no answer: the dev host is not there';
    }
    submit.disabled = false;
  });
  document.body.append(shown);
  shown.showModal();
}
