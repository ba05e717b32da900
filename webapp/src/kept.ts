// What the browser keeps for us. Storage may be forbidden, or full: then a choice lasts as long as the page.

export function read(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

export function write(storage: () => Storage, key: string, value: string): void {
  try {
    storage().setItem(key, value);
  } catch {
    // Then it is forgotten.
  }
}
