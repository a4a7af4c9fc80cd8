/** All documents of a chart, with what finds one among many. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { documents, endedDocuments, listedDocuments } from '../client/index.ts';
import { Icon, LoadedPages, Notice } from '../kit/index.ts';
import {
  type DocumentLink,
  DocumentList,
  DownloadRecord,
  EndedDocuments,
  SendDocument,
} from '../viewer/index.ts';
import { AroundChart } from './around-chart.tsx';
import styles from './chart-page.module.css';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';

export function DocumentsPage() {
  const w = useDeskWords();
  const { chart } = useParams({ from: '/patients/$chart/documents' });
  return (
    <AroundChart key={chart} chart={chart}>
      {() => (
        <>
          <Link to="/patients/$chart" params={{ chart }} className={styles.back}>
            <Icon name="back" />
            {w.chart}
          </Link>
          <h2 className={styles.subject}>{w.documents}</h2>
          <Send chart={chart} />
          <Documents chart={chart} />
          <TakeAlong chart={chart} />
        </>
      )}
    </AroundChart>
  );
}

/** The whole record, for whoever may take records along. */
function TakeAlong({ chart }: { readonly chart: string }) {
  if (!useSession().takes) return null;
  return (
    <div className={styles.apart}>
      <DownloadRecord chart={chart} to="staff" own={false} />
    </div>
  );
}

function Send({ chart }: { readonly chart: string }) {
  const { sends } = useSession();
  return (
    <div className={styles.above}>
      <SendDocument key={chart} chart={chart} types={sends} to="staff" />
    </div>
  );
}

function Documents({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const queries = useQueryClient();
  const { sends } = useSession();
  const query = useInfiniteQuery(documents(chart));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : null;
  const arranged = () => void queries.invalidateQueries({ queryKey: documents(chart).queryKey });
  const link = ({ document, ...link }: DocumentLink) => (
    <Link to="/patients/$chart/documents/$document" params={{ chart, document }} {...link} />
  );
  return (
    <LoadedPages query={query} lines={6}>
      {(found, included) => {
        const listed = listedDocuments(found, included);
        return (
          <div className={styles.list}>
            {listed.length === 0 ? (
              <Notice icon="document" title={w.noDocuments} />
            ) : (
              <DocumentList
                chart={chart}
                documents={listed}
                onMore={more}
                onArranged={sends.length > 0 ? arranged : null}
                link={link}
              />
            )}
            <EndedDocuments documents={endedDocuments(found, included)} to="staff" link={link} />
          </div>
        );
      }}
    </LoadedPages>
  );
}
