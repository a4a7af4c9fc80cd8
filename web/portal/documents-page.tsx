/** Letters, notes and pictures by name: what they are, of when, and by whom. */
import type { DocumentReference, Resource } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { documentName, documents, documentType, whoIs } from '../client/index.ts';
import { LoadedPages, Notice, PageHeading, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import { NotOpen, PartlyOpen, useOpenness } from './openness.tsx';
import styles from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';

export function DocumentsPage() {
  const w = usePortalWords();
  const { practice } = useSession();
  const { clinical } = useOpenness();
  return (
    <>
      <PageHeading title={w.documents} lead={w.documentsLead} within={practice?.name ?? ''} />
      {clinical ? (
        <div className={styles.stack}>
          <PartlyOpen />
          <Documents />
        </div>
      ) : (
        <NotOpen />
      )}
    </>
  );
}

function Documents() {
  const w = usePortalWords();
  const query = useInfiniteQuery(documents(useChart()));
  return (
    <LoadedPages query={query} lines={6}>
      {(found, included) => {
        const shown = found.filter(({ status }) => status === 'current');
        if (shown.length === 0) {
          return (
            <Notice icon="document" title={w.noDocuments}>
              {w.noDocumentsText}
            </Notice>
          );
        }
        return yearsOf(shown).map(([year, ofYear]) => (
          <Panel key={year} title={year || w.notRecorded} icon="document">
            <Rows>
              {ofYear.map((each) => (
                <DocumentRow key={each.id} document={each} included={included} />
              ))}
            </Rows>
          </Panel>
        ));
      }}
    </LoadedPages>
  );
}

/** By the year of their date, in the order they come in. */
function yearsOf(found: readonly DocumentReference[]): [year: string, ofYear: DocumentReference[]][] {
  const years = new Map<string, DocumentReference[]>();
  for (const each of found) {
    const year = each.date?.slice(0, 4) ?? '';
    years.set(year, [...(years.get(year) ?? []), each]);
  }
  return [...years];
}

interface DocumentRowProps {
  readonly document: DocumentReference;
  readonly included: readonly Resource[];
}

function DocumentRow({ document, included }: DocumentRowProps) {
  const w = usePortalWords();
  const format = useFormat();
  const name = documentName(document) || w.untitled;
  const authors = document.author?.map((each) => whoIs(each, included)).filter(Boolean) ?? [];
  const type = documentType(document);
  const about = [type === name ? '' : type, ...authors].filter(Boolean);
  return (
    <Row
      title={name}
      detail={about.join(' · ') || undefined}
      side={document.date === undefined ? undefined : format.shortDate(document.date)}
    />
  );
}
