/** A new version in place of a document: the file is sent, and takes its place once it is whole. */
import { useEffect, useRef, useState } from 'react';
import {
  amendDocument,
  dayOn,
  kindOfCode,
  type ListedDocument,
  type Saved,
  type SendingTrouble,
  SentFile,
  saveDocuments,
  standingDocument,
} from '../../client/index.ts';
import { ActionButton, Panel } from '../../kit/index.ts';
import { useSendingWords } from '../sending/sending-words.ts';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';
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
  const going = useRef<SentFile | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<SendingTrouble | null>(null);
  const saving = useSaving(onDone);
  // Whoever leaves the page keeps what stands.
  useEffect(() => () => going.current?.cancel(), []);
  const send = (file: File | undefined) => {
    if (file === undefined) return;
    setTrouble(null);
    setShare(0);
    const kind = kindOfCode(listed.code) ?? 'other';
    const order = {
      chart,
      file,
      type: types.includes(kind) ? kind : (types[0] ?? 'other'),
      title: listed.name || file.name,
      date: dayOn(document),
      anyway: true,
    };
    going.current = new SentFile(order, {
      progress: (sent) => setShare(file.size === 0 ? 1 : sent / file.size),
      lost: () => undefined,
      known: () => undefined,
      failed: (why) => {
        going.current = null;
        setShare(null);
        setTrouble(why);
      },
      done: (id) => {
        going.current = null;
        saving.run(() => inPlace(id));
      },
    });
    going.current.start();
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
        {share !== null && saving.fault === null && (
          <p role="status">
            {w.replacing} <progress aria-label={w.replacing} max={1} value={share} />
          </p>
        )}
        {(trouble !== null || saving.fault !== null || saving.standing !== null) && (
          <p role="alert" className={styles.fault}>
            {w.replaceFailed} {trouble === null ? (saving.fault ?? w.movedOn) : s.troubles[trouble]}
          </p>
        )}
        <div className={styles.buttons}>
          {share === null && (
            <ActionButton weight="main" onClick={() => input.current?.click()}>
              {w.choose}
            </ActionButton>
          )}
          <ActionButton weight="quiet" onClick={onClose}>
            {w.cancel}
          </ActionButton>
        </div>
      </div>
    </Panel>
  );
}
