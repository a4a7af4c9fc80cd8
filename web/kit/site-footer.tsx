/** What stands at the foot of every page: where to tell of a weakness, without signing in. */
import { useKitWords } from './kit-words.ts';
import styles from './site-footer.module.css';

export function SiteFooter() {
  const w = useKitWords();
  return (
    <footer className={styles.footer}>
      <a className={styles.link} href="/security">
        {w.reportProblem}
      </a>
    </footer>
  );
}
