/** The first few of a list, and the rest on demand: what was fetched is not fetched again. */
import { type ReactNode, useState } from 'react';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';

interface ShortenedProps<T> {
  readonly items: readonly T[];
  readonly first: number;
  readonly children: (items: readonly T[]) => ReactNode;
}

export function Shortened<T>({ items, first, children }: ShortenedProps<T>) {
  const w = useDeskWords();
  const [isWhole, setWhole] = useState(false);
  const rest = items.length - first;
  return (
    <>
      {children(isWhole ? items : items.slice(0, first))}
      {rest > 0 && (
        <button
          type="button"
          className={styles.more}
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? w.less : w.more(rest)}
        </button>
      )}
    </>
  );
}
