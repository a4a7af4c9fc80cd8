/** What stands around every state of the page. */
import { type ReactNode, useEffect } from 'react';
import { LanguageBar, Mark, SiteFooter } from '../kit/index.ts';
import styles from './developer.module.css';

export interface FrameProps {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

export function Frame({ title, text, children }: FrameProps) {
  useEffect(() => {
    document.title = `${title} · Postern`;
  }, [title]);
  return (
    <div className={styles.wall}>
      <main className={styles.card}>
        <Mark size={44} />
        <h1 className={styles.title}>{title}</h1>
        {text !== undefined && <p className={styles.text}>{text}</p>}
        {children}
      </main>
      <div className={styles.foot}>
        <LanguageBar />
        <SiteFooter />
      </div>
    </div>
  );
}
