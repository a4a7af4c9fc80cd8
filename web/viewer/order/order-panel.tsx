/** What can be done with one document by whoever looks at it, and which versions of it there are. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type ReactNode, useState } from 'react';
import { documentState, type ListedDocument, withdrawnReason } from '../../client/index.ts';
import { ActionButton, Notice } from '../../kit/index.ts';
import type { DocumentLink } from '../documents/document-list.tsx';
import { DetailsForm } from './details-form.tsx';
import { EndForm } from './end-form.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';
import { ReplaceForm } from './replace-form.tsx';
import { ReviewForm } from './review-form.tsx';
import { DocumentVersions } from './versions.tsx';

export interface OrderPanelProps {
  readonly chart: string;
  readonly document: ListedDocument;
  /** Staff change what they may write, a sender what waits; the server says no where that is not so. */
  readonly by: 'staff' | 'sender' | 'reader';
  /** Types that may be sent there, as the session says. */
  readonly types: readonly string[];
  /** Folders that there are in the chart. */
  readonly folders: readonly string[];
  /** Something of it is another now. */
  readonly onChanged: () => void;
  readonly link: (link: DocumentLink) => ReactNode;
}

type Open = 'details' | 'replace' | 'end';

export function OrderPanel(props: OrderPanelProps) {
  const { chart, document, by, onChanged, link } = props;
  const w = useOrderWords();
  const [open, setOpen] = useState<Open | null>(null);
  const state = documentState(document.document);
  const isOpen = state === 'standing' || state === 'waiting';
  const changes = isOpen && (by === 'staff' || (by === 'sender' && state === 'waiting'));
  const done = () => {
    setOpen(null);
    onChanged();
  };
  const close = () => setOpen(null);
  return (
    <div className={styles.panel}>
      <State document={document.document} by={by} />
      {by === 'staff' && state === 'waiting' && open === null && (
        <ReviewForm document={document.document} onDone={onChanged} />
      )}
      {changes && open === null && (
        <fieldset className={styles.buttons} aria-label={w.order}>
          <ActionButton onClick={() => setOpen('details')}>{w.change}</ActionButton>
          <ActionButton onClick={() => setOpen('replace')}>{w.replace}</ActionButton>
          {!(by === 'staff' && state === 'waiting') && (
            <ActionButton onClick={() => setOpen('end')}>
              {by === 'staff' ? w.withdraw : w.takeBack}
            </ActionButton>
          )}
        </fieldset>
      )}
      {open === 'details' && <DetailsForm {...props} onDone={done} onClose={close} />}
      {open === 'replace' && <ReplaceForm {...props} onDone={done} onClose={close} />}
      {open === 'end' && (
        <EndForm
          document={document.document}
          as={by === 'staff' ? 'withdraw' : 'take-back'}
          onDone={done}
          onClose={close}
        />
      )}
      <DocumentVersions chart={chart} document={document.document} link={link} />
    </div>
  );
}

/** What is to be known of a document that does not simply stand. */
function State({
  document,
  by,
}: {
  readonly document: DocumentReference;
  readonly by: OrderPanelProps['by'];
}) {
  const w = useOrderWords();
  const state = documentState(document);
  if (state === 'waiting') {
    return (
      <p className={styles.state} data-state="waiting">
        {by === 'staff' ? w.wait : w.waitOwn}
      </p>
    );
  }
  if (state === 'withdrawn' || state === 'sent-back') return <Ended document={document} by={by} />;
  return null;
}

interface EndedProps {
  readonly document: DocumentReference;
  readonly by: OrderPanelProps['by'];
}

/** That it is withdrawn or sent back, and why. */
export function Ended({ document, by }: EndedProps) {
  const w = useOrderWords();
  const reason = withdrawnReason(document);
  const said = by === 'staff' ? w.becauseStaff : w.because;
  return (
    <Notice icon="alert" tone="warning" title={w.states[documentState(document)]}>
      {reason === '' ? w.noReason : said(reason)}
    </Notice>
  );
}
