/** An address that is longer than a phone is wide, and is to be copied whole. */
import styles from './sign-on-panel.module.css';

export function Address({ text }: { readonly text: string }) {
  return <span className={styles.address}>{text}</span>;
}
