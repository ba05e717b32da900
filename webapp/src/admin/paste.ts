// A list that is pasted in, read as the server reads one (src/config/numbers/rows.rs), but for one thing: a column that no heading
// tells of is taken for no user and for nothing but numbers. It may hold passwords.

import { entries, type Row } from './rows';

/** What a column of numbers is called, in lower case and without blanks and marks. */
export const NUMBERS: readonly string[] = [
  'number', 'numbers', 'phone', 'phonenumber', 'telephone', 'telephonenumber', 'tel', 'extension', 'exten', 'ext', 'did',
  'mobile', 'mobilephone', 'workphone', 'businessphone', 'cell', 'mac', 'macaddress', 'nummer', 'rufnummer', 'telefon',
  'telefonnummer', 'durchwahl', 'nebenstelle', 'mobil', 'handy', 'numéro', 'numero', 'téléphone', 'tél', 'poste', 'portable',
];

/** What a column of people's names in Mattermost is called, and one of other names, which counts where there is none of those. */
export const USERS: readonly string[] = [
  'user', 'username', 'login', 'mattermost', 'mattermostuser', 'benutzer', 'benutzername', 'utilisateur', 'identifiant',
];
export const NAMES: readonly string[] = [
  'name', 'displayname', 'fullname', 'callerid', 'contact', 'company', 'kontakt', 'firma', 'nom', 'société',
];

/** What the heading of a column of secrets has in it: no number is looked for there. */
export const SECRETS: readonly string[] = ['pass', 'kennwort', 'secret', 'geheim', 'credential', 'pin', 'pwd', 'mdp'];

interface Cell {
  text: string;
  quoted: boolean;
}

interface Heading {
  sign: string;
  numbers: readonly number[];
  /** Whether its word says that a column has numbers; otherwise it is the other one of two. */
  told: boolean;
  /** Undefined where no word that is known tells it. */
  name: number | undefined;
}

const isMac = (text: string) => /^(?:[:\-. ]*[0-9a-f]){12}[:\-. ]*$/i.test(text);

/** The digits of a number, with a `+` where it is in international form; undefined where it is none. */
function digitsOf(text: string): string | undefined {
  const number = text.trim();
  if (!/^\+?[\d\-./()\s]*$/.test(number)) return undefined;
  const abroad = number.startsWith('+') || number.startsWith('00');
  const plain = abroad ? number.replace(/\(\s*0\s*\)/, '') : number;
  const digits = plain.replace(/\D/g, '');
  if (digits === '' || digits.length > 32) return undefined;
  if (number.startsWith('+')) return `+${digits}`;
  return digits.startsWith('00') && digits.length > 7 ? `+${digits.slice(2)}` : digits;
}

/** Whether a block is right; undefined where the text is none. */
function isBlock(text: string): boolean | undefined {
  const mark = ['...', '…', '..'].find((one) => text.includes(one));
  if (mark === undefined) return undefined;
  const at = text.indexOf(mark);
  const [first, last] = [text.slice(0, at).trim(), text.slice(at + mark.length).trim()];
  const from = digitsOf(first);
  let to = digitsOf(last);
  if (from !== undefined && last.startsWith('-')) {
    // `-100..-119`: the same but for what stands behind the last hyphen.
    const own = first.includes('-') ? digitsOf(first.slice(first.lastIndexOf('-') + 1)) : undefined;
    const end = digitsOf(last.slice(1));
    if (own === undefined || own.length !== end?.length) return false;
    to = from.slice(0, from.length - own.length) + end;
  }
  if (from === undefined || from.length !== to?.length || from.startsWith('+') !== to.startsWith('+')) return false;
  const count = BigInt(to.replace('+', '')) - BigInt(from.replace('+', ''));
  return count >= 0 && count < 1000;
}

/** Whether a cell holds a number, a block of them, several, or a phone's address. */
const isNumber = (text: string) => text.split('|').every((one) => digitsOf(one) !== undefined || isMac(one) || isBlock(one) === true);

/** Whether a cell is an entry of its own, as it is written by hand: `123:bob`. */
const isPair = (cell: Cell) => !cell.quoted && cell.text.includes(':') && !isMac(cell.text);

/** What parts a line's cells: of tab, semicolon and comma the first one that stands outside of quotes. */
function signOf(line: string): string | undefined {
  // Every other part stands in quotes.
  const outside = line.split('"').filter((_part, at) => at % 2 === 0).join('');
  return ['\t', ';', ','].find((sign) => outside.includes(sign));
}

/** A row's cells (RFC 4180); undefined where a quote is not closed. */
function cellsOf(line: string, sign: string): Cell[] | undefined {
  const cells: Cell[] = [];
  for (let rest = line; ;) {
    const begin = rest.replace(/^ +/, '');
    const quoted = /^"([^"]*(?:""[^"]*)*)"(?!")/.exec(begin);
    if (!quoted && begin.startsWith('"')) return undefined;
    const end = begin.indexOf(sign, quoted?.[0].length);
    const text = quoted ? (quoted[1] ?? '').replace(/""/g, '"') : begin.slice(0, end < 0 ? undefined : end);
    cells.push({ text: text.trim(), quoted: quoted !== null });
    if (end < 0) return cells;
    rest = begin.slice(end + 1);
  }
}

/** The heading that a table's first cells are; undefined where they are a row already. */
function headingOf(cells: readonly Cell[], sign: string): Heading | undefined {
  if (cells.some((cell) => isNumber(cell.text) || isPair(cell))) return undefined;
  const words = cells.map((cell) => cell.text.toLowerCase().replace(/[^\p{Alphabetic}\p{N}]/gu, ''));
  const columns = (known: readonly string[]) => words.flatMap((word, at) => (known.includes(word) ? [at] : []));
  const [numbers, name] = [columns(NUMBERS), [...columns(USERS), ...columns(NAMES)][0]];
  const told = numbers.length > 0;
  const other = words.length !== 2 || name === undefined || told ? undefined : 1 - name;
  const isSecret = (at: number) => SECRETS.some((secret) => words[at]?.includes(secret));
  return { sign, numbers: other === undefined || isSecret(other) ? numbers : [other], told, name };
}

/** The row of these numbers and that name, as the server will understand it; undefined where it would not. */
function rowOf(numbers: readonly string[], given: string): Row | undefined {
  const name = given.trim().replace(/^@/, '').trim();
  const all = numbers.flatMap((cell) => cell.split('|')).map((number) => number.trim());
  const isWrong = (number: string) => number === '' || (number.includes(':') && !isMac(number)) || isBlock(number) === false;
  if (name === '' || all.length === 0 || all.some(isWrong) || all[0]?.startsWith('#')) return undefined;
  const text = all.join('|');
  if (!/[,;:\t]/.test(name)) return /[,;\t]/.test(text) ? undefined : { numbers: text, name };
  // No entry can hold such a name, but a row of a table can.
  return all.every(isNumber) ? { numbers: `${text},"${name.replace(/"/g, '""')}"` } : undefined;
}

/** The rows of a line that is written by hand: `123:bob, 124:alice`. None where any of it is wrong. */
function byHand(line: string): Row[] | undefined {
  const found = entries(line.replace(/\t/g, ' ').trim())?.map((one) => rowOf([one.numbers], one.name ?? ''));
  const rows = found?.filter((row) => row !== undefined);
  return rows?.length === found?.length ? rows : undefined;
}

/** The rows of a line below a heading. */
function below(heading: Heading, line: string, cells: readonly Cell[]): Row[] | undefined {
  const [only] = cells;
  const numbers = heading.numbers.flatMap((at) => cells[at] ?? []);
  if (numbers.some(isPair) || (cells.length === 1 && only && isPair(only))) return byHand(line);
  const filled = numbers.map((cell) => cell.text).filter((text) => text !== '');
  if (heading.name === undefined || !(heading.told || filled.every(isNumber))) return undefined;
  const row = rowOf(filled, cells[heading.name]?.text ?? '');
  return row && [row];
}

/** The rows of a line that no heading explains: by what its cells look like. */
function alone(line: string, cells: readonly Cell[]): Row[] | undefined {
  if (cells.some(isPair)) return byHand(line);
  const filled = cells.map((cell) => cell.text).filter((text) => text !== '');
  const [numbers, names] = [filled.filter(isNumber), filled.filter((text) => !isNumber(text))];
  const row = numbers.length === 1 && names.length === 1 ? rowOf(numbers, names[0] ?? '') : undefined;
  return row && [row];
}

/** What was pasted: its rows, the numbers of the lines that are not understood (from 1), and these lines, below their heading. */
export function imported(text: string): { rows: Row[]; unread: number[]; rest: string } {
  const found: { rows: Row[]; unread: number[] } = { rows: [], unread: [] };
  const kept: string[] = [];
  let heading: Heading | undefined;
  let isFirst = true;
  for (const [at, whole] of text.replace(/^\uFEFF/, '').split('\n').entries()) {
    // A tab at an end is an empty cell.
    const line = whole.replace(/^[^\S\t]+|[^\S\t]+$/g, '');
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const sign = heading?.sign ?? signOf(line);
    const cells = sign === undefined ? undefined : cellsOf(line, sign);
    if (cells?.every((cell) => cell.text === '')) continue;
    // What stands alone in its line, such as a title, is no heading.
    if (isFirst && sign !== undefined && cells && cells.filter((cell) => cell.text !== '').length > 1) {
      isFirst = false;
      heading = headingOf(cells, sign);
      if (heading) {
        kept.push(whole.replace(/\r$/, ''));
        if (heading.name === undefined || heading.numbers.length === 0) found.unread.push(at + 1);
        continue;
      }
    }
    let rows: Row[] | undefined;
    if (sign === undefined) rows = byHand(line);
    else if (cells) rows = heading ? below(heading, line, cells) : alone(line, cells);
    if (rows) found.rows.push(...rows);
    else {
      found.unread.push(at + 1);
      kept.push(whole.replace(/\r$/, ''));
    }
  }
  return { ...found, rest: found.unread.length > 0 ? kept.join('\n') : '' };
}
