/** The languages in a row, for pages that have no account menu. */

import { LANGUAGES, type Language } from './chosen.ts';
import { useKitWords } from './kit-words.ts';
import { useLanguage } from './language.tsx';
import styles from './language-bar.module.css';

export function LanguageBar() {
  const w = useKitWords();
  const { language, speak } = useLanguage();
  return (
    <nav className={styles.bar} aria-label={w.language}>
      {Object.entries(LANGUAGES).map(([code, own]) => (
        <button
          key={code}
          type="button"
          lang={code}
          className={styles.choice}
          aria-pressed={code === language}
          onClick={() => speak(code as Language)}
        >
          {own}
        </button>
      ))}
    </nav>
  );
}
