// `NumbersUsers` as rows, and back to the text that the server reads (src/config/numbers).

/** A row: whose number it is; or, where `name` is undefined, a line that is kept as it was written. */
export interface Row {
  numbers: string;
  name?: string;
}

/** An entry such as `6001|+49 30 1234567: bob`; a MAC address has colons of its own. */
function entry(text: string): Row | undefined {
  const at = text.lastIndexOf(':');
  const [numbers, name] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return at > 0 && numbers !== '' && name !== '' ? { numbers, name } : undefined;
}

/** The entries of a line; undefined where it is of another kind, such as a remark or a row of a table. */
function entries(line: string): Row[] | undefined {
  if (line.startsWith('#') || line.includes('\t')) return undefined;
  const found: Row[] = [];
  for (const chunk of line.split(/[,;]/).map((part) => part.trim()).filter(Boolean)) {
    const parts = chunk.split(/\s+/);
    const several = parts.length > 1 && parts.every((part) => entry(part));
    for (const part of several ? parts : [chunk]) {
      const one = entry(part);
      if (!one) return undefined;
      found.push(one);
    }
  }
  return found;
}

/** The rows of a text. Nothing of it is lost: what is no entry is a row of its own. */
export function rowsOf(text: string): Row[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter(Boolean).flatMap((line) => entries(line) ?? [{ numbers: line }]);
}

/** The text of rows, one a line; rows without anything are left out. */
export function textOf(rows: readonly Row[]): string {
  const lines = rows.map(({ numbers, name }) => (name === undefined ? numbers.trim() : `${numbers.trim()}:${name.trim()}`));
  return lines.filter((line) => line !== '' && line !== ':').join('\n');
}

/** The cells of a line of a table, quoted or not (RFC 4180, and with tabs or semicolons). */
function cells(line: string): string[] {
  const sign = ['\t', ';', ','].find((one) => line.includes(one));
  if (sign === undefined) return [line];
  const found: string[] = [];
  let [cell, quoted] = ['', false];
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    if (letter === '"' && quoted && line.charAt(at + 1) === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === sign && !quoted) {
      found.push(cell.trim());
      cell = '';
    } else cell += letter;
  }
  return [...found, cell.trim()];
}

/** Whether a cell can be a number, several, a block or a MAC address. */
const isNumber = (cell: string) => /^(?:[+(]?[\d*#][\d\s*#()./|+-]*|\d+\.\.\d+|(?:[0-9a-f]{2}[:.-]?){6})$/i.test(cell);

/** Reads what was pasted: lines of `number:name`, or a table with numbers in one column and names in another. */
export function imported(text: string): { rows: Row[]; skipped: number } {
  const rows: Row[] = [];
  let skipped = 0;
  for (const line of text.split(/\r?\n/).map((one) => one.trim()).filter(Boolean)) {
    const own = entries(line);
    const [first = '', ...others] = cells(line);
    const found = [first, ...others];
    const number = found.find(isNumber);
    const name = found.find((cell) => cell !== '' && cell !== number && !isNumber(cell));
    if (own?.every((row) => isNumber(row.numbers) || row.numbers.includes('|'))) rows.push(...own);
    else if (number !== undefined && name !== undefined) rows.push({ numbers: number, name: name.replace(/^@/, '') });
    else skipped += 1;
  }
  return { rows, skipped };
}

/** Adds rows to others: one with the same number takes the place of what was there. */
export function merged(rows: readonly Row[], more: readonly Row[]): { rows: Row[]; added: number; changed: number } {
  const result = [...rows];
  let [added, changed] = [0, 0];
  const same = (one: string, other: string) => one.replace(/\s/g, '').toLowerCase() === other.replace(/\s/g, '').toLowerCase();
  for (const row of more) {
    const at = result.findIndex((one) => one.name !== undefined && same(one.numbers, row.numbers));
    if (at < 0) {
      result.push(row);
      added += 1;
    } else if (result[at]?.name !== row.name) {
      result[at] = row;
      changed += 1;
    }
  }
  return { rows: result, added, changed };
}
