/** One document, shown. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import {
  documentOf,
  documentState,
  documents,
  type ListedDocument,
  listed,
  type Page,
  waitingFrom,
} from '../client/index.ts';
import { FailureNotice, Icon, LoadedPages, PageHeading } from '../kit/index.ts';
import { DocumentHistory, DocumentView, Ended, OrderPanel, useKindName } from '../viewer/index.ts';
import { useChart } from './chart-frame.tsx';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import list from './results.module.css';

export function DocumentPage() {
  const chart = useChart();
  const { document } = useParams({ from: '/$chart/documents/$document' });
  const known = useKnown(chart, document);
  const asked = documentOf(chart, document);
  const query = useInfiniteQuery({ ...asked, ...(known === undefined ? {} : { initialData: known }) });
  return (
    <>
      <Back />
      <LoadedPages query={query} lines={8}>
        {(found, included) => {
          const one = found.find(({ id }) => id === document);
          if (one === undefined) return <FailureNotice failure="refused" />;
          return <Shown key={document} document={listed(one, included)} />;
        }}
      </LoadedPages>
    </>
  );
}

type Answers = InfiniteData<Page<DocumentReference>, string>;

/** Where one came from the list, what was asked for that is not asked for again. */
function useKnown(chart: string, id: string): Answers | undefined {
  const { queryKey } = documents(chart);
  const answers = useQueryClient().getQueryData<Answers>(queryKey);
  const page = answers?.pages.find(({ found }) => found.some((each) => each.id === id));
  return page === undefined ? undefined : { pages: [{ ...page, next: null }], pageParams: [''] };
}

function Shown({ document }: { readonly document: ListedDocument }) {
  const w = usePortalWords();
  const { practice } = useSession();
  const kind = useKindName()(document);
  const state = documentState(document.document);
  const isGone = state === 'withdrawn' || state === 'sent-back';
  return (
    <>
      {/* The browser's history does not say what was read. */}
      <PageHeading
        title={isGone ? w.documents : document.name || kind || w.untitled}
        tab={w.documents}
        within={practice?.name ?? ''}
      />
      {isGone ? (
        <Ended document={document.document} by="sender" />
      ) : (
        <>
          <Order document={document} />
          <DocumentView document={document} reader="patient" />
          <DocumentHistory document={document} />
        </>
      )}
    </>
  );
}

/** What is theirs to change while it waits. */
function Order({ document }: { readonly document: ListedDocument }) {
  const chart = useChart();
  const queries = useQueryClient();
  const { account, charts } = useSession();
  const isOwn = waitingFrom(document.document) === account.id;
  return (
    <OrderPanel
      chart={chart}
      document={document}
      by={isOwn ? 'sender' : 'reader'}
      types={charts.find((each) => each.chart === chart)?.sends ?? []}
      folders={[]}
      onChanged={() => {
        void queries.invalidateQueries({ queryKey: ['chart', chart, 'DocumentReference'] });
        void queries.invalidateQueries({ queryKey: ['document-versions', document.id] });
      }}
      link={({ document: to, ...link }) => (
        <Link to="/$chart/documents/$document" params={{ chart, document: to }} {...link} />
      )}
    />
  );
}

function Back() {
  const w = usePortalWords();
  return (
    <Link to="/$chart/documents" params={{ chart: useChart() }} className={list.back}>
      <Icon name="back" />
      {w.documents}
    </Link>
  );
}
