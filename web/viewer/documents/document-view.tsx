/** One document: what is said of it, and its file. Cards are hidden until somebody asks to see them. */
import type { Attachment } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  binaryOf,
  chartOfDocument,
  fileOf,
  isCard,
  type ListedDocument,
  opensFiles,
  sessionQuery,
} from '../../client/index.ts';
import { ActionButton, Loaded, Notice, useFormat } from '../../kit/index.ts';
import { FileViewer } from '../file-viewer.tsx';
import { useViewerWords } from '../viewer-words.ts';
import styles from './document-view.module.css';
import { useKindName } from './document-words.ts';
import { HiddenCard, type Reader } from './hidden-card.tsx';
import { KeptOriginal } from './kept-original.tsx';

interface DocumentViewProps {
  readonly document: ListedDocument;
  readonly reader: Reader;
}

export function DocumentView({ document, reader }: DocumentViewProps) {
  const { documents: w } = useViewerWords();
  const format = useFormat();
  const [part, setPart] = useState(0);
  const parts = document.document.content.map(({ attachment }) => attachment);
  const chosen = parts[part];
  return (
    <div className={styles.document}>
      <About document={document} />
      {parts.length > 1 && (
        <fieldset className={styles.parts} aria-label={w.parts}>
          {parts.map((each, at) => (
            <button
              key={each.url ?? `${at}`}
              type="button"
              className={styles.part}
              aria-pressed={at === part}
              onClick={() => setPart(at)}
            >
              {each.title ?? w.part(format.number(at + 1))}
            </button>
          ))}
        </fieldset>
      )}
      {chosen === undefined ? (
        <Notice icon="document" title={w.noContent}>
          {w.noContentText}
        </Notice>
      ) : (
        <Part key={part} document={document} part={part} attachment={chosen} reader={reader} />
      )}
    </div>
  );
}

/** What it is, of when and by whom, in one line. */
function About({ document }: { readonly document: ListedDocument }) {
  const format = useFormat();
  const kind = useKindName()(document);
  const date = document.date === '' ? '' : format.date(document.date);
  const said = [kind === document.name ? '' : kind, date, ...document.authors, document.source];
  return <p className={styles.about}>{said.filter((each) => each !== '').join(' · ')}</p>;
}

interface PartProps {
  readonly document: ListedDocument;
  readonly part: number;
  readonly attachment: Attachment;
}

function Part({ document, part, attachment, reader }: PartProps & { readonly reader: Reader }) {
  const { documents: w } = useViewerWords();
  const { data: session } = useQuery(sessionQuery);
  const [isShown, setShown] = useState(!isCard(document));
  if (binaryOf(attachment) === null && attachment.data === undefined) {
    const isElsewhere = attachment.url !== undefined;
    return (
      <Notice icon="document" title={isElsewhere ? w.elsewhere : w.noContent}>
        {isElsewhere ? w.elsewhereText : w.noContentText}
      </Notice>
    );
  }
  const isOpen = session === undefined || opensFiles(session, chartOfDocument(document), 'any');
  if (!isOpen && attachment.data === undefined) {
    return (
      <Notice icon="lock" title={w.closed}>
        {w.closedText}
      </Notice>
    );
  }
  if (!isShown) return <HiddenCard attachment={attachment} reader={reader} onShown={() => setShown(true)} />;
  return (
    <>
      {isCard(document) && (
        <div>
          <ActionButton onClick={() => setShown(false)}>{w.conceal}</ActionButton>
        </div>
      )}
      <File document={document} part={part} attachment={attachment} reader={reader} />
    </>
  );
}

function File({ document, part, attachment, reader }: PartProps & { readonly reader: Reader }) {
  const { documents: w } = useViewerWords();
  const query = useQuery(fileOf(document.id, part, attachment));
  const title = attachment.title ?? (document.name || w.untitled);
  return (
    <Loaded query={query} lines={8}>
      {(source) => (
        <>
          <FileViewer source={source} title={title} onRetry={() => void query.refetch()} />
          {reader === 'staff' && source.original !== null && <KeptOriginal address={source.original} />}
        </>
      )}
    </Loaded>
  );
}
