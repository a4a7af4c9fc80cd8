/** The language of the pages: what the person chose, or what the browser prefers, or English. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

/** Codes of BCP 47, each with its own name for itself. */
export const LANGUAGES = { en: 'English', es: 'Español', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = 'postern-language';

/** The first of these that we speak. */
export function chooseLanguage(kept: string | null, preferred: readonly string[]): Language {
  const codes = [kept ?? '', ...preferred].map((each) => each.slice(0, 2).toLowerCase());
  return codes.find((code): code is Language => Object.hasOwn(LANGUAGES, code)) ?? 'en';
}

interface Spoken {
  readonly language: Language;
  speak(language: Language): void;
}

const SpokenContext = createContext<Spoken | null>(null);

export function LanguageRoot({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() =>
    chooseLanguage(localStorage.getItem(KEPT_AS), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const spoken = useMemo(() => {
    const speak = (chosen: Language) => {
      localStorage.setItem(KEPT_AS, chosen);
      setLanguage(chosen);
    };
    return { language, speak };
  }, [language]);
  return <SpokenContext value={spoken}>{children}</SpokenContext>;
}

export function useLanguage(): Spoken {
  const spoken = useContext(SpokenContext);
  if (spoken === null) throw new Error('Broken invariant: no LanguageRoot around it');
  return spoken;
}

/** A hook that gives the words of a page in the language of the moment. All languages have the same words. */
export function wordsIn<Words>(catalog: Readonly<Record<Language, Words>>): () => Words {
  return function useWords() {
    return catalog[useLanguage().language];
  };
}
