/** Letters, notes and pictures by name: what they are, of when, and by whom. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { documents, endedDocuments, listedDocuments } from '../client/index.ts';
import { Icon, LoadedPages, Notice, PageHeading } from '../kit/index.ts';
import {
  type DocumentLink,
  DocumentList,
  DownloadRecord,
  EndedDocuments,
  SendDocument,
  useCardWords,
} from '../viewer/index.ts';
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
          <Send />
          <Ways />
          <Documents />
        </div>
      ) : (
        <NotOpen />
      )}
      <TakeAlong />
    </>
  );
}

/** To what else there is of documents. */
function Ways() {
  const w = usePortalWords();
  const c = useCardWords();
  const chart = useChart();
  return (
    <div className={styles.ways}>
      <Link to="/$chart/cards" params={{ chart }} className={styles.way}>
        <Icon name="card" size={20} />
        {c.title}
      </Link>
      <Link to="/$chart/links" params={{ chart }} className={styles.way}>
        <Icon name="mail" size={20} />
        {w.toLinks}
      </Link>
    </div>
  );
}

/** The whole record, for whoever may pass it on. */
function TakeAlong() {
  const chart = useChart();
  const reach = useSession().charts.find((each) => each.chart === chart);
  if (reach?.takes !== true) return null;
  return (
    <div className={styles.apart}>
      <DownloadRecord key={chart} chart={chart} to="patient" own={reach.own} />
    </div>
  );
}

function Send() {
  const chart = useChart();
  const types = useSession().charts.find((each) => each.chart === chart)?.sends ?? [];
  return <SendDocument key={chart} chart={chart} types={types} to="patient" />;
}

function Documents() {
  const w = usePortalWords();
  const chart = useChart();
  const query = useInfiniteQuery(documents(chart));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : null;
  const link = ({ document, ...link }: DocumentLink) => (
    <Link to="/$chart/documents/$document" params={{ chart, document }} {...link} />
  );
  return (
    <LoadedPages query={query} lines={6}>
      {(found, included) => {
        const listed = listedDocuments(found, included);
        return (
          <div className={styles.stack}>
            <EndedDocuments documents={endedDocuments(found, included)} to="patient" link={link} />
            {listed.length === 0 ? (
              <Notice icon="document" title={w.noDocuments}>
                {w.noDocumentsText}
              </Notice>
            ) : (
              // What was looked for in one record is not looked for in the next.
              <DocumentList key={chart} chart={chart} documents={listed} onMore={more} link={link} />
            )}
          </div>
        );
      }}
    </LoadedPages>
  );
}
