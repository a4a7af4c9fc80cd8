/** What the person chose of language and look, or what their browser prefers; kept in this browser alone. */

/** Codes of BCP 47, each with its own name for itself. */
export const LANGUAGES = { en: 'English', es: 'Español', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = 'postern-language';
/** As Mantine keeps it. */
const LOOK_KEPT_AS = 'mantine-color-scheme-value';

/** The first of these that we speak. */
export function chooseLanguage(kept: string | null, preferred: readonly string[]): Language {
  const codes = [kept ?? '', ...preferred].map((each) => each.slice(0, 2).toLowerCase());
  return codes.find((code): code is Language => Object.hasOwn(LANGUAGES, code)) ?? 'en';
}

export function languageHere(): Language {
  return chooseLanguage(localStorage.getItem(KEPT_AS), navigator.languages);
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT_AS, language);
}

export function lookHere(): 'light' | 'dark' {
  const kept = localStorage.getItem(LOOK_KEPT_AS);
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
