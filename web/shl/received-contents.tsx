/** What a link held: documents as the viewer shows them, a summary as readable text, one at a time. */
import type { Attachment, Bundle, DocumentReference, Resource } from '@medplum/fhirtypes';
import { useMemo, useState } from 'react';
import { bytesOfBase64, listed, sourceOfBytes } from '../client/index.ts';
import { ActionButton, LanguageBar, Mark, Notice, SiteFooter, useFormat, useHeading } from '../kit/index.ts';
import { FileViewer } from '../viewer/index.ts';
import styles from './received.module.css';
import { useReceivedWords } from './received-words.ts';
import { SummaryView } from './summary-view.tsx';

interface ContentsProps {
  readonly resources: readonly Resource[];
  readonly label: string;
}

export function ReceivedContents({ resources, label }: ContentsProps) {
  const w = useReceivedWords();
  const [chosen, setChosen] = useState(0);
  const heading = useHeading(w.opened, 'Postern');
  const name = useName();
  const resource = resources[chosen];
  return (
    <div className={styles.room}>
      <header className={styles.head}>
        <Mark size={36} />
        <div>
          <h1 ref={heading} tabIndex={-1} className={styles.title}>
            {w.opened}
          </h1>
          {label !== '' && (
            <p className={styles.label}>
              <span>{w.label}</span> <q>{label}</q>
            </p>
          )}
          <p className={styles.text}>{w.openedLead}</p>
        </div>
      </header>
      <main className={styles.contents}>
        {resources.length > 1 && (
          <nav aria-label={w.contents} className={styles.choices}>
            {resources.map((each, at) => (
              <button
                key={each.id ?? `${at}`}
                type="button"
                className={styles.choice}
                aria-pressed={at === chosen}
                onClick={() => setChosen(at)}
              >
                {name(each)}
              </button>
            ))}
          </nav>
        )}
        {resource !== undefined && (
          <section key={chosen} aria-label={name(resource)}>
            <h2 className={styles.name}>{name(resource)}</h2>
            <Shown resource={resource} title={name(resource)} />
          </section>
        )}
      </main>
      <div className={styles.foot}>
        <LanguageBar />
        <SiteFooter />
      </div>
    </div>
  );
}

function useName(): (resource: Resource) => string {
  const w = useReceivedWords();
  return (resource) => {
    if (resource.resourceType === 'Bundle') return w.summary;
    return resource.resourceType === 'DocumentReference' ? listed(resource, []).name || w.document : w.other;
  };
}

interface ShownProps {
  readonly resource: Resource;
  readonly title: string;
}

function Shown({ resource, title }: ShownProps) {
  if (resource.resourceType === 'Bundle') {
    return (
      <>
        <SummaryView bundle={resource as Bundle} />
        <Save resource={resource} title={title} />
      </>
    );
  }
  if (resource.resourceType === 'DocumentReference') return <Document document={resource} title={title} />;
  return <Other resource={resource} title={title} />;
}

function Other({ resource, title }: ShownProps) {
  const w = useReceivedWords();
  return (
    <>
      <Notice icon="document" title={w.other}>
        {w.otherText}
      </Notice>
      <Save resource={resource} title={title} />
    </>
  );
}

function Document({ document, title }: { readonly document: DocumentReference; readonly title: string }) {
  const w = useReceivedWords();
  const format = useFormat();
  const [part, setPart] = useState(0);
  const parts = document.content.map(({ attachment }) => attachment).filter(({ data }) => data !== undefined);
  const attachment = parts[part];
  if (attachment === undefined) return <Other resource={document} title={title} />;
  return (
    <>
      {parts.length > 1 && (
        <nav className={styles.choices} aria-label={title}>
          {parts.map((each, at) => (
            <button
              key={each.title ?? `${at}`}
              type="button"
              className={styles.choice}
              aria-pressed={at === part}
              onClick={() => setPart(at)}
            >
              {each.title ?? w.part(format.number(at + 1))}
            </button>
          ))}
        </nav>
      )}
      <File key={part} attachment={attachment} title={title} />
    </>
  );
}

function File({ attachment, title }: { readonly attachment: Attachment; readonly title: string }) {
  const source = useMemo(
    () => sourceOfBytes(bytesOfBase64(attachment.data ?? ''), attachment.contentType ?? ''),
    [attachment],
  );
  return <FileViewer source={source} title={title} onRetry={() => undefined} />;
}

/** It lies in the page already: the browser keeps it, as bytes of no kind, so that nothing opens it here. */
function Save({ resource, title }: ShownProps) {
  const w = useReceivedWords();
  const save = () => {
    const bytes = JSON.stringify(resource, null, 2);
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${title.replace(/[^\p{L}\p{N} ._-]+/gu, '').slice(0, 80) || 'record'}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  return (
    <div className={styles.save}>
      <ActionButton onClick={save}>{w.save}</ActionButton>
    </div>
  );
}
