/** Before a document leads to another site: where that is, in plain words. */
import { useEffect, useId, useRef } from 'react';
import { ActionButton } from '../../kit/index.ts';
import { useViewerWords } from '../viewer-words.ts';
import styles from './leave-question.module.css';

export interface LeaveQuestionProps {
  readonly address: URL;
  readonly onEnd: () => void;
}

export function LeaveQuestion({ address, onEnd }: LeaveQuestionProps) {
  const { pdf: w } = useViewerWords();
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={styles.question} aria-labelledby={title} onClose={onEnd}>
      <h2 id={title}>{w.linkTitle}</h2>
      <p>{w.linkText(address.host)}</p>
      <p className={styles.address}>{address.href}</p>
      <div className={styles.answers}>
        <ActionButton weight="main" autoFocus onClick={() => dialog.current?.close()}>
          {w.linkStay}
        </ActionButton>
        <a
          className={styles.leave}
          href={address.href}
          target="_blank"
          rel="noopener noreferrer"
          onClick={() => dialog.current?.close()}
        >
          {w.linkOpen}
        </a>
      </div>
    </dialog>
  );
}
