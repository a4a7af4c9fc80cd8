/** Withdrawing a document, taking it back, or sending it back: each with a reason, which is kept with it. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type FormEvent, useState } from 'react';
import { amendDocument, saveDocument } from '../../client/index.ts';
import { ActionButton, Panel, TextArea } from '../../kit/index.ts';
import { Differences } from './differences.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';
import { useSaving } from './use-saving.ts';

export interface EndFormProps {
  readonly document: DocumentReference;
  readonly as: 'withdraw' | 'take-back' | 'send-back';
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function EndForm({ document, as, onDone, onClose }: EndFormProps) {
  const w = useOrderWords();
  const [reason, setReason] = useState('');
  const saving = useSaving(onDone);
  const title = { withdraw: w.withdraw, 'take-back': w.takeBack, 'send-back': w.sendBack }[as];
  const text = { withdraw: w.withdrawText, 'take-back': w.takeBackText, 'send-back': w.sendBackText }[as];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const withdrawn = reason.trim();
    if (withdrawn === '') return;
    const save = as === 'take-back' ? amendDocument : saveDocument;
    saving.run(() => save(document, { withdrawn }));
  };
  return (
    <Panel title={title} icon="alert">
      <form className={styles.form} onSubmit={submit}>
        <p>{text}</p>
        <TextArea
          label={w.reason}
          hint={as === 'take-back' ? w.reasonOwn : w.reasonStaff}
          value={reason}
          required
          onChange={setReason}
        />
        {saving.standing !== null && (
          <div role="alert" className={styles.overtaken}>
            <p>{w.movedOn}</p>
            <Differences before={document} after={saving.standing} />
          </div>
        )}
        {saving.fault !== null && (
          <p role="alert" className={styles.fault}>
            {saving.fault}
          </p>
        )}
        <div className={styles.buttons}>
          {saving.standing === null && (
            <ActionButton type="submit" weight="main" busy={saving.isBusy}>
              {title}
            </ActionButton>
          )}
          <ActionButton weight="quiet" onClick={saving.standing === null ? onClose : onDone}>
            {saving.standing === null ? w.cancel : w.theirs}
          </ActionButton>
        </div>
      </form>
    </Panel>
  );
}
