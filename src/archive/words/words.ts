/** The languages that an archive speaks. */
import type { ArchiveWords } from './archive-words.ts';
import { DE } from './de.ts';
import { EN } from './en.ts';
import { ES } from './es.ts';

export const LANGUAGES = ['en', 'es', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export function wordsIn(language: Language): ArchiveWords {
  return { en: EN, es: ES, de: DE }[language];
}

export function isLanguage(text: unknown): text is Language {
  return LANGUAGES.some((one) => one === text);
}
