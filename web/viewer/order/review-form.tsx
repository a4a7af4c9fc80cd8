/** Accepting what a patient sent, or sending it back with words. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { useState } from 'react';
import { saveDocument } from '../../client/index.ts';
import { ActionButton } from '../../kit/index.ts';
import { EndForm } from './end-form.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';
import { useSaving } from './use-saving.ts';

export interface ReviewFormProps {
  readonly document: DocumentReference;
  readonly onDone: () => void;
}

export function ReviewForm({ document, onDone }: ReviewFormProps) {
  const w = useOrderWords();
  const [isSendingBack, sendBack] = useState(false);
  const saving = useSaving(onDone);
  if (isSendingBack) {
    return <EndForm document={document} as="send-back" onDone={onDone} onClose={() => sendBack(false)} />;
  }
  return (
    <div className={styles.review}>
      <div className={styles.buttons}>
        <ActionButton
          weight="main"
          busy={saving.isBusy}
          onClick={() => saving.run(() => saveDocument(document, { accepted: true }))}
        >
          {w.accept}
        </ActionButton>
        <ActionButton onClick={() => sendBack(true)}>{w.sendBack}</ActionButton>
      </div>
      {saving.fault !== null && (
        <p role="alert" className={styles.fault}>
          {saving.fault}
        </p>
      )}
      {saving.standing !== null && (
        <div role="alert" className={styles.overtaken}>
          <p>{w.movedOn}</p>
          <ActionButton onClick={onDone}>{w.theirs}</ActionButton>
        </div>
      )}
    </div>
  );
}
