/** What is said of a document: name, kind, day, author, note, folder. Two at once are told of each other. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type FormEvent, useState } from 'react';
import {
  amendDocument,
  DOCUMENT_KINDS,
  type DocumentChange,
  dayOn,
  folderName,
  folderOf,
  kindOfCode,
  type ListedDocument,
  noteOn,
  type Saved,
  saveDocument,
  writtenBy,
} from '../../client/index.ts';
import { ActionButton, Field, Panel, Select } from '../../kit/index.ts';
import { useKindName } from '../documents/document-words.ts';
import { typesInOrder } from '../sending/parcel-words.ts';
import { useSendingWords } from '../sending/sending-words.ts';
import { Differences } from './differences.tsx';
import { FolderField } from './folder-field.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';
import { useSaving } from './use-saving.ts';

export interface DetailsFormProps {
  readonly document: ListedDocument;
  readonly by: 'staff' | 'sender' | 'reader';
  readonly types: readonly string[];
  readonly folders: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export interface Details {
  readonly title: string;
  /** A name of a kind; empty for what it is already. */
  readonly type: string;
  readonly date: string;
  readonly author: string;
  readonly note: string;
  readonly folder: string;
}

export function detailsOf(listed: ListedDocument): Details {
  const { document } = listed;
  return {
    title: document.content[0]?.attachment.title ?? listed.name,
    type: '',
    date: dayOn(document),
    author: writtenBy(document),
    note: noteOn(document),
    folder: folderOf(document),
  };
}

/** What is other than it was; what nobody touched is not said again. */
export function changeOf(before: Details, after: Details): DocumentChange {
  const kind = DOCUMENT_KINDS[after.type];
  return {
    ...(after.title.trim() === before.title ? {} : { title: after.title.trim() }),
    ...(kind === undefined ? {} : { kind }),
    ...(after.date === before.date ? {} : { date: after.date }),
    ...(after.author.trim() === before.author ? {} : { author: after.author.trim() }),
    ...(after.note.trim() === before.note ? {} : { note: after.note.trim() }),
    ...(folderName(after.folder) === before.folder ? {} : { folder: after.folder }),
  };
}

export function DetailsForm(props: DetailsFormProps) {
  const { document: listed, by, onDone, onClose } = props;
  const w = useOrderWords();
  const [before] = useState(() => detailsOf(listed));
  const [details, setDetails] = useState(before);
  const [looked, setLooked] = useState<DocumentReference>(listed.document);
  const saving = useSaving(onDone);
  const save = (document: DocumentReference) => {
    setLooked(document);
    saving.run(() => saved(document, by, before, details));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(looked);
  };
  const { standing } = saving;
  return (
    <Panel title={w.change} icon="document">
      <form className={styles.form} onSubmit={submit}>
        <DetailsFields {...props} details={details} onChange={setDetails} />
        {standing !== null && <Overtaken before={looked} standing={standing} />}
        {saving.fault !== null && (
          <p role="alert" className={styles.fault}>
            {saving.fault}
          </p>
        )}
        <div className={styles.buttons}>
          {standing === null ? (
            <ActionButton type="submit" weight="main" busy={saving.isBusy}>
              {w.save}
            </ActionButton>
          ) : (
            <ActionButton weight="main" busy={saving.isBusy} onClick={() => save(standing)}>
              {w.saveOver}
            </ActionButton>
          )}
          <ActionButton weight="quiet" onClick={standing === null ? onClose : onDone}>
            {standing === null ? w.cancel : w.theirs}
          </ActionButton>
        </div>
      </form>
    </Panel>
  );
}

async function saved(
  document: DocumentReference,
  by: DetailsFormProps['by'],
  before: Details,
  after: Details,
): Promise<Saved> {
  const change = changeOf(before, after);
  if (Object.keys(change).length === 0) return { kind: 'saved' };
  if (by === 'staff') return saveDocument(document, change);
  const { title, date } = change;
  return amendDocument(document, {
    ...(title === undefined ? {} : { title }),
    ...(date === undefined ? {} : { date }),
    ...(after.type === '' ? {} : { type: after.type }),
  });
}

export interface DetailsFieldsProps {
  readonly document: ListedDocument;
  readonly by: 'staff' | 'sender' | 'reader';
  readonly types: readonly string[];
  readonly folders: readonly string[];
  readonly details: Details;
  readonly onChange: (details: Details) => void;
}

export function DetailsFields({ document, by, types, folders, details, onChange }: DetailsFieldsProps) {
  const w = useOrderWords();
  const s = useSendingWords();
  const isKind = useKindName()(document);
  const own = kindOfCode(document.code);
  const options = typesInOrder(types)
    .filter((type) => type !== own)
    .map((value) => ({ value, name: s.types[value] }));
  const say = (said: Partial<Details>) => onChange({ ...details, ...said });
  return (
    <div className={styles.fields}>
      <Field label={w.title} value={details.title} required onChange={(title) => say({ title })} />
      <Select
        label={w.kind}
        value={details.type}
        onChange={(type) => say({ type })}
        options={[{ value: '', name: w.asItIs(isKind) }, ...options]}
      />
      <Field label={w.date} type="date" value={details.date} onChange={(date) => say({ date })} />
      {by === 'staff' && (
        <>
          <Field label={w.author} value={details.author} onChange={(author) => say({ author })} />
          <FolderField folders={folders} value={details.folder} onChange={(folder) => say({ folder })} />
          <Field label={w.note} value={details.note} onChange={(note) => say({ note })} />
        </>
      )}
    </div>
  );
}

/** Somebody else was first: what they changed, before anything of one's own is saved. */
function Overtaken({
  before,
  standing,
}: {
  readonly before: DocumentReference;
  readonly standing: DocumentReference;
}) {
  const w = useOrderWords();
  return (
    <div role="alert" className={styles.overtaken}>
      <p>{w.movedOn}</p>
      <p>{w.movedOnTo}:</p>
      <Differences before={before} after={standing} />
    </div>
  );
}
