/** One document, shown. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { documentOf, documents, listed, type Page } from '../client/index.ts';
import { FailureNotice, Icon, LoadedPages, PageHeading } from '../kit/index.ts';
import { DocumentView, useKindName } from '../viewer/index.ts';
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

function Shown({ document }: { readonly document: ReturnType<typeof listed> }) {
  const w = usePortalWords();
  const { practice } = useSession();
  const kind = useKindName()(document);
  return (
    <>
      {/* The browser's history does not say what was read. */}
      <PageHeading
        title={document.name || kind || w.untitled}
        tab={w.documents}
        within={practice?.name ?? ''}
      />
      <DocumentView document={document} reader="patient" />
    </>
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
