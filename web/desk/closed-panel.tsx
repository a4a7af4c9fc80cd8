/** A part of the chart that is not open: said plainly, so that nobody takes it for empty. */
import { Panel } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';

export function ClosedPanel({ title, text }: { readonly title: string; readonly text: string }) {
  const w = useDeskWords();
  return (
    <Panel title={title} icon="lock" aside={<span className={styles.notOpen}>{w.notOpen}</span>}>
      <p className={styles.soft}>{text}</p>
    </Panel>
  );
}
