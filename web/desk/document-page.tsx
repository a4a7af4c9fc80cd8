/** One document of a chart, shown beneath whose chart it is. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import {
  documentOf,
  documentState,
  documents,
  foldersOf,
  type ListedDocument,
  listed,
  listedDocuments,
  type Page,
  WAITING_DOCUMENTS,
} from '../client/index.ts';
import { FailureNotice, Icon, LoadedPages } from '../kit/index.ts';
import { DocumentHistory, DocumentView, OrderPanel, useKindName } from '../viewer/index.ts';
import { AroundChart } from './around-chart.tsx';
import styles from './chart-page.module.css';
import { CoveredByForm } from './consent-form.tsx';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';

const DocumentHold = lazy(async () => ({ default: (await import('./document-hold.tsx')).DocumentHold }));

export function DocumentPage() {
  const w = useDeskWords();
  const { chart, document } = useParams({ from: '/patients/$chart/documents/$document' });
  return (
    <AroundChart key={chart} chart={chart}>
      {() => (
        <>
          <Link to="/patients/$chart/documents" params={{ chart }} className={styles.back}>
            <Icon name="back" />
            {w.documents}
          </Link>
          <Document key={document} chart={chart} id={document} />
        </>
      )}
    </AroundChart>
  );
}

type Answers = InfiniteData<Page<DocumentReference>, string>;

function Document({ chart, id }: { readonly chart: string; readonly id: string }) {
  // Where one came from the list, what was asked for that is not asked for again.
  const answers = useQueryClient().getQueryData<Answers>(documents(chart).queryKey);
  const page = answers?.pages.find(({ found }) => found.some((each) => each.id === id));
  const known =
    page === undefined ? {} : { initialData: { pages: [{ ...page, next: null }], pageParams: [''] } };
  const query = useInfiniteQuery({ ...documentOf(chart, id), ...known });
  return (
    <LoadedPages query={query} lines={8}>
      {(found, included) => {
        const one = found.find((each) => each.id === id);
        if (one === undefined) return <FailureNotice failure="refused" />;
        return <Shown chart={chart} document={listed(one, included)} />;
      }}
    </LoadedPages>
  );
}

/** Of LOINC: a form by which somebody consents. */
const CONSENT_FORM = '59284-0';

interface ShownProps {
  readonly chart: string;
  readonly document: ListedDocument;
}

function Shown({ chart, document }: ShownProps) {
  const w = useDeskWords();
  const queries = useQueryClient();
  const { sends, keeps, seesLines } = useSession();
  const kind = useKindName()(document);
  const state = documentState(document.document);
  const isEnded = state !== 'standing' && state !== 'waiting';
  const changed = () => {
    void queries.invalidateQueries({ queryKey: ['chart', chart, 'DocumentReference'] });
    void queries.invalidateQueries({ queryKey: ['document-versions', document.id] });
    void queries.invalidateQueries({ queryKey: WAITING_DOCUMENTS });
  };
  return (
    <>
      <h2 className={`${styles.subject} ${isEnded ? styles.struck : ''}`}>
        {document.name || kind || w.untitled}
      </h2>
      <OrderPanel
        chart={chart}
        document={document}
        by={sends.length > 0 ? 'staff' : 'reader'}
        types={sends}
        folders={useFolders(chart)}
        onChanged={changed}
        link={({ document: to, ...link }) => (
          <Link to="/patients/$chart/documents/$document" params={{ chart, document: to }} {...link} />
        )}
      />
      <div className={styles.below}>
        <DocumentView document={document} reader="staff" />
        {(keeps.includes('staff') || seesLines) && (
          <Suspense>
            <DocumentHold chart={chart} document={document.id} />
          </Suspense>
        )}
        {document.code === CONSENT_FORM && <CoveredByForm chart={chart} document={document.id} />}
        <DocumentHistory document={document} />
      </div>
    </>
  );
}

/** Those of the list that one came from; nothing more is asked for them. */
function useFolders(chart: string): readonly string[] {
  const answers = useQueryClient().getQueryData<Answers>(documents(chart).queryKey);
  return foldersOf(listedDocuments(answers?.pages.flatMap(({ found }) => found) ?? [], []));
}
