// The little of Markdown that plugins' posts and answers are made of, as DOM nodes: tables, lists as
// they stand, bold, code, links, and a backslash before what is meant literally.

/** @returns {DocumentFragment} */
export function markdown(text) {
  const out = document.createDocumentFragment();
  const lines = text.split('\n');
  while (lines.length > 0) {
    if (lines[0].trim() === '') {
      lines.shift();
    } else if (isTable(lines)) {
      out.append(table(lines));
    } else {
      const paragraph = document.createElement('p');
      while (lines.length > 0 && lines[0].trim() !== '' && !isTable(lines)) {
        if (paragraph.childNodes.length > 0) {
          paragraph.append(document.createElement('br'));
        }
        inline(lines.shift(), paragraph);
      }
      out.append(paragraph);
    }
  }
  return out;
}

const isTable = (lines) => lines[0].trim().startsWith('|') && /^\s*\|?\s*:?-+/.test(lines[1] || '');

function cells(line) {
  const parts = line.trim().replace(/^\|/, '').split(/(?<!\\)\|/);
  if (parts.length > 0 && parts[parts.length - 1].trim() === '') {
    parts.pop();
  }
  return parts.map((part) => part.trim());
}

function table(lines) {
  const element = document.createElement('table');
  const row = (kind) => {
    const tr = document.createElement('tr');
    for (const text of cells(lines.shift())) {
      const cell = document.createElement(kind);
      inline(text, cell);
      tr.append(cell);
    }
    return tr;
  };
  const head = document.createElement('thead');
  head.append(row('th'));
  lines.shift();
  const body = document.createElement('tbody');
  while (lines.length > 0 && lines[0].trim().startsWith('|')) {
    body.append(row('td'));
  }
  element.append(head, body);
  // Wide tables scroll by themselves.
  const box = document.createElement('div');
  box.className = 'scroll';
  box.append(element);
  return box;
}

const TOKEN = /\\([!-/:-@[-`{-~])|`([^`]+)`|\*\*([^*]+)\*\*|\[((?:[^\]\\]|\\.)*)\]\(((?:[^()\\]|\\.)*)\)/g;

function inline(text, into) {
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    into.append(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [, literal, code, bold, label, address] = match;
    if (literal !== undefined) {
      into.append(literal);
    } else if (code !== undefined) {
      const element = document.createElement('code');
      element.textContent = code;
      into.append(element);
    } else if (bold !== undefined) {
      const element = document.createElement('strong');
      inline(bold, element);
      into.append(element);
    } else {
      into.append(link(label, address));
    }
  }
  into.append(text.slice(at));
}

function link(label, address) {
  const element = document.createElement('a');
  inline(label, element);
  if (/^https?:\/\//.test(address)) {
    element.href = address;
    element.target = '_blank';
    element.rel = 'noreferrer';
  }
  return element;
}
