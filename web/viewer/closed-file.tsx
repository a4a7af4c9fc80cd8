/** What is said in the place of a file that is not shown. */
import type { ReactNode } from 'react';
import { ActionButton, Notice } from '../kit/index.ts';
import styles from './file-viewer.module.css';
import { useViewerWords } from './viewer-words.ts';

/** What stands in the place of a file, with room around it. */
export function InPlace({ children }: { readonly children: ReactNode }) {
  return <div className={styles.aside}>{children}</div>;
}

export function Damaged() {
  const w = useViewerWords();
  return (
    <InPlace>
      <Notice icon="alert" tone="warning" title={w.damaged}>
        {w.damagedText}
      </Notice>
    </InPlace>
  );
}

export function Lost({ onRetry }: { readonly onRetry: () => void }) {
  const w = useViewerWords();
  return (
    <InPlace>
      <div role="alert">
        <Notice
          icon="offline"
          tone="warning"
          title={w.lost}
          action={<ActionButton onClick={onRetry}>{w.tryAgain}</ActionButton>}
        >
          {w.lostText}
        </Notice>
      </div>
    </InPlace>
  );
}

export function OtherKind({ isMarkup = false }: { readonly isMarkup?: boolean }) {
  const w = useViewerWords();
  return (
    <InPlace>
      <Notice icon="document" title={isMarkup ? w.markup : w.otherKind}>
        {isMarkup ? w.markupText : w.otherKindText}
      </Notice>
    </InPlace>
  );
}

export function TooLarge() {
  const w = useViewerWords();
  return (
    <InPlace>
      <Notice icon="document" title={w.tooLarge}>
        {w.tooLargeText}
      </Notice>
    </InPlace>
  );
}
