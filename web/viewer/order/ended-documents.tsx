/** What stands no more: to staff struck out and to be opened; to patients a word that it is gone, and why. */
import { type ReactNode, useState } from 'react';
import { documentState, type ListedDocument, withdrawnReason } from '../../client/index.ts';
import { ActionButton, Panel, Tag, useFormat } from '../../kit/index.ts';
import type { DocumentLink } from '../documents/document-list.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';

export interface EndedDocumentsProps {
  readonly documents: readonly ListedDocument[];
  readonly to: 'staff' | 'patient';
  readonly link: (link: DocumentLink) => ReactNode;
}

export function EndedDocuments({ documents, to, link }: EndedDocumentsProps) {
  const w = useOrderWords();
  const [isOpen, setOpen] = useState(false);
  // What was replaced is found beside what replaced it.
  const shown =
    to === 'staff' ? documents : documents.filter(({ document }) => document.status === 'entered-in-error');
  if (shown.length === 0) return null;
  if (to === 'patient') {
    return (
      <Panel title={w.endedPatient} icon="alert">
        <div className={styles.ended}>
          <ul>
            {shown.map((each) => (
              <Told key={each.id} document={each} />
            ))}
          </ul>
        </div>
      </Panel>
    );
  }
  return (
    <div className={styles.ended}>
      <div>
        <ActionButton weight="quiet" onClick={() => setOpen(!isOpen)}>
          {isOpen ? w.hideEnded : w.showEnded}
        </ActionButton>
      </div>
      {isOpen && (
        <Panel title={w.ended} icon="document">
          <ul>
            {shown.map((each) => (
              <Struck key={each.id} document={each} link={link} />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

/** What it was called may be somebody else's business: only that it went, when, and why. */
function Told({ document: { document } }: { readonly document: ListedDocument }) {
  const w = useOrderWords();
  const format = useFormat();
  const day = format.date(document.meta?.lastUpdated ?? document.date ?? '');
  const reason = withdrawnReason(document);
  const isSentBack = documentState(document) === 'sent-back';
  return (
    <li>
      <strong>{isSentBack ? w.sentBackOn(day) : w.withdrawnOn(day)}</strong>
      <div>{reason === '' ? w.noReason : w.because(reason)}</div>
    </li>
  );
}

interface StruckProps {
  readonly document: ListedDocument;
  readonly link: EndedDocumentsProps['link'];
}

function Struck({ document: { id, name, document }, link }: StruckProps) {
  const w = useOrderWords();
  const reason = withdrawnReason(document);
  return (
    <li>
      {link({
        document: id,
        className: `${styles.link ?? ''} ${styles.struck ?? ''}`,
        children: name || w.openVersion,
      })}{' '}
      <Tag>{w.states[documentState(document)]}</Tag>
      {reason !== '' && <div className={styles.soft}>{w.becauseStaff(reason)}</div>}
    </li>
  );
}
