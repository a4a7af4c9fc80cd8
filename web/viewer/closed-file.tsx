/** What is said in the place of a file that is not shown. */
import { ActionButton, Notice } from '../kit/index.ts';
import { useViewerWords } from './viewer-words.ts';

export function Damaged() {
  const w = useViewerWords();
  return (
    <Notice icon="alert" tone="warning" title={w.damaged}>
      {w.damagedText}
    </Notice>
  );
}

export function Lost({ onRetry }: { readonly onRetry: () => void }) {
  const w = useViewerWords();
  return (
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
  );
}

export function OtherKind({ isMarkup = false }: { readonly isMarkup?: boolean }) {
  const w = useViewerWords();
  return (
    <Notice icon="document" title={isMarkup ? w.markup : w.otherKind}>
      {isMarkup ? w.markupText : w.otherKindText}
    </Notice>
  );
}

export function TooLarge() {
  const w = useViewerWords();
  return (
    <Notice icon="document" title={w.tooLarge}>
      {w.tooLargeText}
    </Notice>
  );
}
