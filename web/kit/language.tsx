/** The language of the pages: what the person chose, or what the browser prefers, or English. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { keepLanguage, type Language, languageHere } from './chosen.ts';

interface Spoken {
  readonly language: Language;
  speak(language: Language): void;
}

const SpokenContext = createContext<Spoken | null>(null);

export interface LanguageRootProps {
  /** Where there is no browser that could be asked. */
  readonly fixed?: Language;
  readonly children: ReactNode;
}

export function LanguageRoot({ fixed, children }: LanguageRootProps) {
  const [language, setLanguage] = useState(() => fixed ?? languageHere());
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const spoken = useMemo(() => {
    const speak = (chosen: Language) => {
      keepLanguage(chosen);
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
