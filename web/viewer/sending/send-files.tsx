/** Sending files into a chart: chosen, dragged here, pasted, or taken with the camera; several at once. */
import { type ClipboardEvent, type DragEvent, type ReactNode, useRef, useState } from 'react';
import { ActionButton, Panel, Select } from '../../kit/index.ts';
import type { DocumentLink } from '../documents/document-list.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { SENT_KINDS, type SentKind } from './send-file.ts';
import styles from './send-files.module.css';
import { SentRow } from './sent-row.tsx';
import { useSendings } from './use-sendings.ts';

export interface SendFilesProps {
  readonly chart: string;
  /** Kinds that may be sent there, as the session says (`sends`); where there are none, nothing is shown. */
  readonly kinds: readonly string[];
  /** A file has become a document. */
  readonly onSent: () => void;
  readonly link: (link: DocumentLink) => ReactNode;
}

export function SendFiles({ chart, kinds, onSent, link }: SendFilesProps) {
  const { sending: w } = useViewerWords();
  const open = SENT_KINDS.filter((each) => kinds.includes(each));
  const [kind, setKind] = useState<SentKind>(open[0] ?? 'other');
  const [isOver, setOver] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const sendings = useSendings(chart, onSent);
  const send = (files: FileList | null | undefined) => {
    if (files == null || files.length === 0) return;
    setOpen(true);
    sendings.send([...files], kind);
  };
  const dropping = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      send(event.dataTransfer.files);
    },
    onPaste: (event: ClipboardEvent) => send(event.clipboardData.files),
  };
  if (open.length === 0) return null;
  if (!isOpen) {
    return (
      <div className={styles.closed} data-over={isOver} {...dropping}>
        <ActionButton onClick={() => setOpen(true)}>{w.title}</ActionButton>
      </div>
    );
  }
  return (
    <Panel title={w.title} icon="document">
      <div className={styles.place} data-over={isOver} {...dropping}>
        <Select
          label={w.kind}
          value={kind}
          onChange={(value) => setKind(open.find((each) => each === value) ?? kind)}
          options={open.map((value) => ({ value, name: w.kinds[value] }))}
        />
        <div className={styles.ways}>
          <Choose label={w.choose} main onChosen={send} />
          <Choose label={w.camera} accept="image/*" camera onChosen={send} />
        </div>
        <p className={styles.hint}>{w.hint}</p>
      </div>
      {sendings.files.length > 0 && (
        <ul className={styles.files} aria-label={w.list}>
          {sendings.files.map((file) => (
            <SentRow key={file.key} file={file} sendings={sendings} link={link} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface ChooseProps {
  readonly label: string;
  readonly onChosen: (files: FileList | null) => void;
  readonly main?: boolean;
  readonly accept?: string;
  readonly camera?: boolean;
}

/** A button of ours before the field of the browser. */
function Choose({ label, onChosen, main = false, accept, camera = false }: ChooseProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={field}
        type="file"
        className={styles.field}
        aria-label={label}
        tabIndex={-1}
        multiple={!camera}
        {...(accept === undefined ? {} : { accept })}
        {...(camera ? { capture: 'environment' as const } : {})}
        onChange={({ target }) => {
          onChosen(target.files);
          // The same file may be chosen again.
          target.value = '';
        }}
      />
      <ActionButton weight={main ? 'main' : 'side'} onClick={() => field.current?.click()}>
        {label}
      </ActionButton>
    </>
  );
}
