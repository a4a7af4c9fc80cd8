/** Several documents at once into a folder, or out of theirs; and the name of a folder. */
import { useState } from 'react';
import { ApiError, folderName, type ListedDocument, saveDocuments } from '../../client/index.ts';
import { ActionButton, Field, useFormat } from '../../kit/index.ts';
import { FolderField } from './folder-field.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';

interface Filing {
  readonly isBusy: boolean;
  readonly fault: string | null;
  file(documents: readonly ListedDocument[], folder: string): void;
}

function useFiling(onDone: (folder: string) => void): Filing {
  const w = useOrderWords();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const file = (documents: readonly ListedDocument[], folder: string) => {
    setBusy(true);
    setFault(null);
    saveDocuments(documents.map(({ document }) => [document, { folder }] as const))
      .then(() => {
        setBusy(false);
        onDone(folderName(folder));
      })
      .catch((error: unknown) => {
        setBusy(false);
        const status = error instanceof ApiError ? error.status : 0;
        setFault(status === 412 || status === 409 ? w.someMoved : status === 404 ? w.notYours : w.failed);
      });
  };
  return { isBusy, fault, file };
}

export interface ArrangeBarProps {
  readonly chosen: readonly ListedDocument[];
  readonly folders: readonly string[];
  readonly onDone: () => void;
}

export function ArrangeBar({ chosen, folders, onDone }: ArrangeBarProps) {
  const w = useOrderWords();
  const format = useFormat();
  const [folder, setFolder] = useState('');
  const filing = useFiling(onDone);
  return (
    <div className={styles.bar}>
      <p role="status">{w.chosen(format.number(chosen.length))}</p>
      <FolderField folders={folders} value={folder} onChange={setFolder} />
      <div className={styles.buttons}>
        <ActionButton
          weight="main"
          busy={filing.isBusy}
          onClick={() => {
            if (chosen.length > 0 && folderName(folder) !== '') filing.file(chosen, folder);
          }}
        >
          {w.move}
        </ActionButton>
        <ActionButton busy={filing.isBusy} onClick={() => chosen.length > 0 && filing.file(chosen, '')}>
          {w.takeOut}
        </ActionButton>
      </div>
      <Fault text={filing.fault} />
    </div>
  );
}

export interface FolderBarProps {
  /** All that is in it. */
  readonly documents: readonly ListedDocument[];
  /** It has that name now; empty where it is no more. */
  readonly onDone: (folder: string) => void;
}

export function FolderBar({ documents, onDone }: FolderBarProps) {
  const w = useOrderWords();
  const [name, setName] = useState<string | null>(null);
  const filing = useFiling(onDone);
  return (
    <div className={styles.bar}>
      {name === null ? (
        <div className={styles.buttons}>
          <ActionButton onClick={() => setName(documents[0]?.folder ?? '')}>{w.renameFolder}</ActionButton>
          <ActionButton busy={filing.isBusy} onClick={() => filing.file(documents, '')}>
            {w.emptyFolder}
          </ActionButton>
        </div>
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (folderName(name) !== '') filing.file(documents, name);
          }}
        >
          <Field label={w.newName} value={name} required onChange={setName} />
          <div className={styles.buttons}>
            <ActionButton type="submit" weight="main" busy={filing.isBusy}>
              {w.rename}
            </ActionButton>
            <ActionButton weight="quiet" onClick={() => setName(null)}>
              {w.cancel}
            </ActionButton>
          </div>
        </form>
      )}
      <Fault text={filing.fault} />
    </div>
  );
}

function Fault({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <p role="alert" className={styles.fault}>
      {text}
    </p>
  );
}
