/** Asks why, before something is done that others will look at later. */
import { type FormEvent, useState } from 'react';
import { ActionButton, Field } from '../kit/index.ts';
import { useFilesWords } from './files-words.ts';
import styles from './staff-page.module.css';

export interface ReasonFormProps {
  /** What the button says. */
  readonly what: string;
  readonly busy: boolean;
  /** Why it did not work; null where it was not tried. */
  readonly fault: string | null;
  readonly onDone: (reason: string) => void;
  readonly onCancel?: () => void;
}

export function ReasonForm({ what, busy, fault, onDone, onCancel }: ReasonFormProps) {
  const w = useFilesWords();
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDone(reason.trim());
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field
        label={w.reason}
        hint={w.reasonHint}
        value={reason}
        onChange={setReason}
        required
        minLength={5}
      />
      {fault !== null && (
        <p role="alert" className={styles.fault}>
          {fault}
        </p>
      )}
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={busy}>
          {what}
        </ActionButton>
        {onCancel !== undefined && (
          <ActionButton weight="quiet" onClick={onCancel}>
            {w.cancel}
          </ActionButton>
        )}
      </div>
    </form>
  );
}
