/** Plain text, as it is written. */
import { useMemo } from 'react';
import type { FileSource } from '../../client/index.ts';
import { Notice } from '../../kit/index.ts';
import { useViewerWords } from '../viewer-words.ts';
import styles from './reading.module.css';
import { decodeText } from './text-charset.ts';

/** More is no reading matter, and slow to lay out. */
const MOST_LETTERS = 1_000_000;

export interface TextViewProps {
  readonly source: FileSource;
  readonly bytes: Uint8Array;
}

export function TextView({ source, bytes }: TextViewProps) {
  const w = useViewerWords();
  const text = useMemo(() => decodeText(bytes, source.saidType), [bytes, source]);
  const isCut = text.length > MOST_LETTERS || bytes.length < source.size;
  return (
    <>
      {isCut && (
        <Notice icon="document" title={w.tooLong}>
          {w.tooLongText}
        </Notice>
      )}
      <section className={styles.paper} aria-label={w.text}>
        <p className={styles.text}>{text.slice(0, MOST_LETTERS)}</p>
      </section>
    </>
  );
}
