/** Looking through what was sent: name, kind, folder, and one press that takes it; by keys alone as well. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type KeyboardEvent, useState } from 'react';
import { type ListedDocument, saveDocument } from '../../client/index.ts';
import { ActionButton } from '../../kit/index.ts';
import { changeOf, DetailsFields, detailsOf } from './details-form.tsx';
import { Differences } from './differences.tsx';
import { EndForm } from './end-form.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';
import { useSaving } from './use-saving.ts';

export interface ReviewPanelProps {
  readonly document: ListedDocument;
  readonly types: readonly string[];
  readonly onDone: () => void;
  /** Leaves it for later; null where nothing comes after it. */
  readonly onSkip: (() => void) | null;
}

export function ReviewPanel({ document: listed, types, onDone, onSkip }: ReviewPanelProps) {
  const w = useOrderWords();
  const [before] = useState(() => detailsOf(listed));
  const [details, setDetails] = useState(before);
  const [isSendingBack, sendBack] = useState(false);
  const saving = useSaving(onDone);
  const accept = (document: DocumentReference) =>
    saving.run(() => saveDocument(document, { ...changeOf(before, details), accepted: true }));
  if (isSendingBack) {
    return (
      <EndForm document={listed.document} as="send-back" onDone={onDone} onClose={() => sendBack(false)} />
    );
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!saving.isBusy) accept(listed.document);
  };
  const { standing } = saving;
  return (
    <form
      className={styles.form}
      onKeyDown={onKey}
      onSubmit={(event) => {
        event.preventDefault();
        accept(standing ?? listed.document);
      }}
    >
      <DetailsFields
        document={listed}
        by="staff"
        types={types}
        folders={[]}
        details={details}
        onChange={setDetails}
      />
      {standing !== null && (
        <div role="alert" className={styles.overtaken}>
          <p>{w.movedOn}</p>
          <Differences before={listed.document} after={standing} />
        </div>
      )}
      {saving.fault !== null && (
        <p role="alert" className={styles.fault}>
          {saving.fault}
        </p>
      )}
      <div className={styles.buttons}>
        {standing === null ? (
          <>
            <ActionButton type="submit" weight="main" busy={saving.isBusy}>
              {w.accept}
            </ActionButton>
            <ActionButton onClick={() => sendBack(true)}>{w.sendBack}</ActionButton>
          </>
        ) : (
          <ActionButton onClick={onDone}>{w.theirs}</ActionButton>
        )}
        {onSkip !== null && (
          <ActionButton weight="quiet" onClick={onSkip}>
            {w.skip}
          </ActionButton>
        )}
      </div>
    </form>
  );
}
