// Links to telephone numbers (RFC 3966) in posts.

/** The longest number that is taken from a link, in characters. */
const MAX_NUMBER = 40;

/** The number of a `tel:` link: without its parameters, and without the marks that are there for people's eyes. Empty where there is none. */
export function numberOf(href: string): string {
  const [, written = ''] = /^tel:([^;?]*)/i.exec(href) ?? [];
  let number: string;
  try {
    number = decodeURIComponent(written);
  } catch {
    return '';
  }
  number = number.replace(/[\s\-.()/]/g, '');
  return /^\+?[\d*#]+$/.test(number) && number.length <= MAX_NUMBER ? number : '';
}

/** Calls `wanted` when somebody clicks a `tel:` link plainly, in place of what the browser would do. Answers how to end that. */
export function onTelLinks(wanted: (number: string) => void): () => void {
  const clicked = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    const number = numberOf(link?.getAttribute('href') ?? '');
    if (!number) return;
    event.preventDefault();
    event.stopPropagation();
    wanted(number);
  };
  document.addEventListener('click', clicked, true);
  return () => document.removeEventListener('click', clicked, true);
}
