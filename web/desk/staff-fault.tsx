/** What is said where a change of staff or families did not work. */
import { ApiError, needsTouch } from '../client/index.ts';
import styles from './staff-page.module.css';
import { useStaffWords } from './staff-words.ts';

/** What went wrong, if anything did. */
export function Fault({ error, conflict }: { readonly error: unknown; readonly conflict: string }) {
  const w = useStaffWords();
  if (error === null) return null;
  const isConflict = error instanceof ApiError && (error.status === 409 || error.status === 422);
  return (
    <p role="alert" className={styles.fault}>
      {needsTouch(error) ? w.touch : isConflict ? conflict : w.failed}
    </p>
  );
}
