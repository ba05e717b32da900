// A few words for what both parts of the page do. Text is always set as text.

export const $ = (id) => document.getElementById(id);

export const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

export const time = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Emojis by their names, as far as plugins here use them in statuses. */
const EMOJIS = { calendar: '📆', telephone_receiver: '📞' };

/** A custom status: its emoji, or else that one's name, and its words. */
export const customStatus = ({ emoji, text }) => `${EMOJIS[emoji] ?? `:${emoji}:`} ${text}`;
