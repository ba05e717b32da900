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
export function entries(line: string): Row[] | undefined {
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

/** What a row is told by among others: its numbers without blanks, or the line that it is. */
const keysOf = ({ numbers, name }: Row) => (name === undefined ? [`line ${numbers.trim()}`] : numbers.split('|').map((one) => one.replace(/\s/g, '').toLowerCase()));

/** Adds rows to others: each takes its numbers from those that had them before. */
export function merged(rows: readonly Row[], more: readonly Row[]): { rows: Row[]; added: number; changed: number } {
  const result: (Row | undefined)[] = [...rows];
  const places = new Map<string, Set<number>>();
  const learn = (row: Row, at: number) => {
    for (const key of keysOf(row)) places.set(key, (places.get(key) ?? new Set()).add(at));
  };
  rows.forEach(learn);
  let [added, changed] = [0, 0];
  for (const row of more) {
    const keys = keysOf(row);
    const found = [...new Set(keys.flatMap((key) => [...(places.get(key) ?? [])]))].sort((one, other) => one - other);
    const had = found.flatMap((at) => result[at] ?? []);
    if (had.length === 1 && had.every((one) => one.name === row.name && keys.every((key) => keysOf(one).includes(key)))) continue;
    let place: number | undefined;
    for (const at of found) {
      const before = result[at];
      const left = before?.numbers.split('|').filter((number) => !keys.includes(keysOf({ numbers: number, name: '' })[0] ?? '')) ?? [];
      result[at] = before && left.length > 0 ? { ...before, numbers: left.join('|') } : undefined;
      if (left.length === 0) place ??= at;
    }
    for (const key of keys) places.delete(key);
    place ??= result.length;
    result[place] = row;
    learn(row, place);
    if (found.length > 0) changed += 1;
    else added += 1;
  }
  return { rows: result.filter((row) => row !== undefined), added, changed };
}
