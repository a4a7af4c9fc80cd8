/** Back to where they came from. */
import type { Session } from '../client/index.ts';
import { Icon } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';

export function WaysBack({ session }: { readonly session: Session }) {
  const w = useAccountWords();
  const names = { portal: w.toPortal, desk: w.toDesk };
  return (
    <nav className={styles.waysBack} aria-label={w.backTo}>
      {session.apps.map((app) => (
        <a key={app} className={styles.wayBack} href={`/${app}`}>
          <span className={styles.turned}>
            <Icon name="open" size={18} />
          </span>
          {names[app]}
        </a>
      ))}
    </nav>
  );
}
