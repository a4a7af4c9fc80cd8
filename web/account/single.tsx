/** One decision on a page of its own. */
import type { ReactNode } from 'react';
import { PageHeading } from '../kit/index.ts';
import styles from './account.module.css';

export interface SingleProps {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

export function Single({ title, text, children }: SingleProps) {
  return (
    <div className={styles.single}>
      <PageHeading title={title} lead={text} within="Postern" />
      <div className={styles.steps}>{children}</div>
    </div>
  );
}
