/** A new version in place of a document: the file is sent, and takes its place once it is whole. */
import { useRef } from 'react';
import {
  amendDocument,
  dayOn,
  kindOfCode,
  type ListedDocument,
  type Saved,
  saveDocuments,
  standingDocument,
} from '../../client/index.ts';
import { ActionButton, Panel, useFormat } from '../../kit/index.ts';
import { sayBytes } from '../file-name.ts';
import { useSendingWords } from '../sending/sending-words.ts';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';
import { type OneUpload, type UploadStanding, useOneUpload } from './use-one-upload.ts';
import { useSaving } from './use-saving.ts';

export interface ReplaceFormProps {
  readonly chart: string;
  readonly document: ListedDocument;
  readonly by: 'staff' | 'sender' | 'reader';
  readonly types: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function ReplaceForm({ chart, document: listed, by, types, onDone, onClose }: ReplaceFormProps) {
  const w = useOrderWords();
  const s = useSendingWords();
  const { document } = listed;
  const input = useRef<HTMLInputElement>(null);
  const saving = useSaving(onDone);
  const upload = useOneUpload((id) => saving.run(() => inPlace(id)));
  const { standing, trouble } = upload;
  const send = (file: File | undefined) => {
    if (file === undefined) return;
    const kind = kindOfCode(listed.code) ?? 'other';
    const type = types.includes(kind) ? kind : (types[0] ?? 'other');
    const title = listed.name || file.name;
    upload.begin({ chart, file, type, title, date: dayOn(document), anyway: true });
  };
  const inPlace = async (id: string | null): Promise<Saved> => {
    if (id === null) throw new Error('The server did not say what the file has become');
    if (by !== 'staff') return amendDocument(document, { replacedBy: id });
    const next = await standingDocument(id);
    await saveDocuments([
      [document, { superseded: true }],
      [next, { replaces: listed.id }],
    ]);
    return { kind: 'saved' };
  };
  return (
    <Panel title={w.replace} icon="document">
      <div className={styles.form}>
        <p>{w.replaceText}</p>
        <input
          ref={input}
          type="file"
          hidden
          onChange={({ target }) => {
            send(target.files?.[0]);
            target.value = '';
          }}
        />
        {standing !== null && saving.fault === null && <HowFar standing={standing} />}
        {(trouble !== null || saving.fault !== null || saving.standing !== null) && (
          <p role="alert" className={styles.fault}>
            {w.replaceFailed} {trouble === null ? (saving.fault ?? w.movedOn) : s.troubles[trouble]}
          </p>
        )}
        <div className={styles.buttons}>
          {standing === null && (
            <ActionButton weight="main" onClick={() => input.current?.click()}>
              {w.choose}
            </ActionButton>
          )}
          <Holding {...upload} />
          <ActionButton weight="quiet" onClick={onClose}>
            {w.cancel}
          </ActionButton>
        </div>
      </div>
    </Panel>
  );
}

/** One button that stays where it is: whoever goes by keys presses it twice. */
function Holding({ standing, pause, resume }: OneUpload) {
  const s = useSendingWords();
  if (standing === null || standing.kind === 'lost') return null;
  if (standing.kind === 'paused') return <ActionButton onClick={resume}>{s.resume}</ActionButton>;
  return standing.sent < standing.size ? <ActionButton onClick={pause}>{s.pause}</ActionButton> : null;
}

function HowFar({ standing: { kind, sent, size } }: { readonly standing: UploadStanding }) {
  const w = useOrderWords();
  const s = useSendingWords();
  const { language } = useFormat();
  const isWhole = sent >= size;
  return (
    <div className={styles.howFar}>
      <progress aria-label={w.replacing} max={Math.max(size, 1)} value={sent} />
      {/* What changes many times a second is not read out. */}
      {kind === 'sending' && !isWhole && (
        <p className={styles.soft}>{s.sending(sayBytes(sent, language), sayBytes(size, language))}</p>
      )}
      <p role="status">
        {kind === 'sending' && (isWhole ? s.looking : w.replacing)}
        {kind === 'paused' && s.paused}
        {kind === 'lost' && s.lost}
      </p>
    </div>
  );
}
