// Texts in the reader's language.

import de from './de.json';
import en from './en.json';
import fr from './fr.json';

/** The key of a text. */
export type Key = keyof typeof en;

/** A text with its `{placeholders}` filled in. */
export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

export const LANGUAGES: Readonly<Record<string, Readonly<Record<Key, string>> | undefined>> = { en, de, fr };

/** The language among ours for a locale such as `de-CH`. */
export function languageOf(locale: string | undefined): string {
  const language = (locale ?? '').toLowerCase().split(/[-_]/)[0] ?? '';
  return LANGUAGES[language] ? language : 'en';
}

/** Texts in the language that `locale` tells whenever one is wanted. */
export function translator(locale: () => string | undefined): Translate {
  return (key, values = {}) => {
    const text = LANGUAGES[languageOf(locale())]?.[key] ?? en[key];
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}
