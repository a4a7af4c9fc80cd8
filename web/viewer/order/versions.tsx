/** What a document took the place of, and what took its own. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { documentName, earlierDocuments, newerDocument } from '../../client/index.ts';
import { Loaded, Notice, useFormat } from '../../kit/index.ts';
import type { DocumentLink } from '../documents/document-list.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';

export interface VersionsProps {
  readonly chart: string;
  readonly document: DocumentReference;
  readonly link: (link: DocumentLink) => ReactNode;
}

export function DocumentVersions({ chart, document, link }: VersionsProps) {
  return (
    <>
      {document.status === 'superseded' && <Newer chart={chart} document={document} link={link} />}
      {document.relatesTo !== undefined && <Earlier document={document} link={link} />}
    </>
  );
}

function Newer({ chart, document, link }: VersionsProps) {
  const w = useOrderWords();
  const { data = null } = useQuery(newerDocument(chart, document.id ?? ''));
  return (
    <Notice
      icon="clock"
      title={w.newer}
      {...(data?.id === undefined
        ? {}
        : { action: link({ document: data.id, className: styles.link ?? '', children: w.openNewer }) })}
    />
  );
}

function Earlier({ document, link }: Omit<VersionsProps, 'chart'>) {
  const w = useOrderWords();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({ ...earlierDocuments(document), enabled: isOpen });
  return (
    <details
      className={styles.fold}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{w.versions}</summary>
      {isOpen && (
        <Loaded query={query} lines={2}>
          {(earlier) => (
            <ul className={styles.history}>
              {earlier.length === 0 && <li>{w.noVersions}</li>}
              {earlier.map((each) => (
                <li key={each.id}>
                  {link({
                    document: each.id ?? '',
                    className: styles.link ?? '',
                    children: documentName(each) || w.openVersion,
                  })}{' '}
                  <span className={styles.soft}>{each.date === undefined ? '' : format.date(each.date)}</span>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      )}
    </details>
  );
}
