/** What stands around every state of the door. */
import { type ReactNode, useEffect, useRef } from 'react';
import { LanguageBar, Mark, SiteFooter } from '../kit/index.ts';
import styles from './door.module.css';
import { useDoorWords } from './door-words.ts';

export interface DoorFrameProps {
  readonly title: string;
  readonly text?: string;
  /**
   * A step that follows another: its heading takes the focus, so that a screen reader says where one is.
   * Steps that one component draws after each other need a `key`.
   */
  readonly isNext?: boolean;
  readonly children?: ReactNode;
}

export function DoorFrame({ title, text, isNext = false, children }: DoorFrameProps) {
  const w = useDoorWords();
  useEffect(() => {
    document.title = `${title} · Postern`;
  }, [title]);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isNext) heading.current?.focus();
  }, [isNext]);
  return (
    <div className={styles.wall}>
      <main className={styles.card}>
        <Mark size={52} />
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {text !== undefined && <p className={styles.text}>{text}</p>}
        <div className={styles.body}>{children}</div>
        <p className={styles.trust}>{w.trust}</p>
      </main>
      <div className={styles.foot}>
        <LanguageBar />
        <SiteFooter />
      </div>
    </div>
  );
}
