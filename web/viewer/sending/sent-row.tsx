/** One file that is sent: how far it is, or what became of it. */
import type { ReactNode } from 'react';
import { ActionButton, useFormat } from '../../kit/index.ts';
import type { DocumentLink } from '../documents/document-list.tsx';
import { sayBytes } from '../file-name.ts';
import { useViewerWords } from '../viewer-words.ts';
import styles from './send-files.module.css';
import type { Sendings, SentFile } from './use-sendings.ts';

export interface SentRowProps {
  readonly file: SentFile;
  readonly sendings: Sendings;
  readonly link: (link: DocumentLink) => ReactNode;
}

export function SentRow({ file, sendings, link }: SentRowProps) {
  const { sending: w } = useViewerWords();
  const format = useFormat();
  const isUnderWay = file.state === 'sending' || file.state === 'waiting';
  const percent = Math.floor(file.share * 100);
  const name = file.name || w.unnamed;
  return (
    <li className={styles.file}>
      <div className={styles.about}>
        <span className={styles.name}>{name}</span>
        <span className={styles.size}>{sayBytes(file.file.size, format.language)}</span>
      </div>
      {isUnderWay && (
        <progress className={styles.progress} value={percent} max={100} aria-label={w.progress(name)} />
      )}
      <div className={styles.end}>
        <p role="status" className={styles.state} data-state={file.state}>
          {file.state === 'sending' ? w.percent(format.number(percent)) : w.states[file.state]}
        </p>
        {file.document !== null &&
          link({ document: file.document, className: styles.open ?? '', children: w.open })}
        {file.state === 'failed' && (
          <ActionButton onClick={() => sendings.again(file)}>{w.again}</ActionButton>
        )}
        {file.state !== 'done' && (
          <ActionButton weight="quiet" onClick={() => sendings.drop(file)}>
            {isUnderWay ? w.end : w.remove}
          </ActionButton>
        )}
      </div>
    </li>
  );
}
