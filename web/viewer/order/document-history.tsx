/** Who changed what of a document, and when: asked for when somebody wants to know. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type DocumentVersion, documentVersions, type ListedDocument } from '../../client/index.ts';
import { Loaded, useFormat } from '../../kit/index.ts';
import { Differences } from './differences.tsx';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';

export function DocumentHistory({ document: { id, document } }: { readonly document: ListedDocument }) {
  const w = useOrderWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className={styles.fold}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{w.history}</summary>
      {isOpen && <Versions key={document.meta?.versionId} id={id} />}
    </details>
  );
}

function Versions({ id }: { readonly id: string }) {
  const query = useQuery(documentVersions(id));
  return (
    <Loaded query={query} lines={3}>
      {(versions) => (
        <ol className={styles.history}>
          {versions.map((each, at) => (
            <Version key={each.version} version={each} before={versions[at + 1] ?? null} />
          ))}
        </ol>
      )}
    </Loaded>
  );
}

interface VersionProps {
  readonly version: DocumentVersion;
  readonly before: DocumentVersion | null;
}

function Version({ version: { at, by, document }, before }: VersionProps) {
  const w = useOrderWords();
  const format = useFormat();
  return (
    <li>
      <p className={styles.soft}>
        {format.dayAndTime(at)} · {by || w.program}
      </p>
      {before === null ? <p>{w.made}</p> : <Differences before={before.document} after={document} />}
    </li>
  );
}
