import { expect, test } from 'vitest';
import { LANGUAGES, languageOf, translator, type Key } from '.';

const english = LANGUAGES.en ?? {};
const names = (text: string | undefined) => [...(text ?? '').matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test.each(Object.entries(LANGUAGES))('%s has every text, in order, with the same placeholders', (_language, texts) => {
  const keys = Object.keys(texts ?? {});
  expect(keys).toEqual([...keys].sort());
  expect(keys).toEqual(Object.keys(english));
  for (const [key, text] of Object.entries(texts ?? {})) {
    expect(text.trim(), key).not.toBe('');
    expect(names(text), key).toEqual(names(english[key as keyof typeof english]));
  }
});

test('the language is that of the locale, and English for all others', () => {
  expect(['de', 'de-CH', 'FR_ca', 'en-AU', 'zh-CN', '', undefined].map(languageOf)).toEqual(['de', 'de', 'fr', 'en', 'en', 'en', 'en']);
});

test('values stand in their places, as they are', () => {
  let locale = 'en';
  const t = translator(() => locale);
  const key: Key = 'error.server';
  expect(t(key, { status: 502 })).toContain('502');
  expect(t(key, { status: '$& {status}' })).toContain('$& {status}');
  const before = t(key);
  locale = 'de';
  expect(t(key)).not.toBe(before);
});
