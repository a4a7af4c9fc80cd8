/** What the practice has of one's cards, and until when. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { documents, keptCards, listedDocuments } from '../client/index.ts';
import { Icon, LoadedPages, PageHeading, Panel } from '../kit/index.ts';
import { CardList, useCardWords } from '../viewer/index.ts';
import { useChart } from './chart-frame.tsx';
import styles from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import list from './results.module.css';

export function CardsPage() {
  const w = usePortalWords();
  const c = useCardWords();
  const chart = useChart();
  const { practice, charts, cardDays } = useSession();
  const query = useInfiniteQuery(documents(chart));
  const sends = charts.find((each) => each.chart === chart)?.sends ?? [];
  return (
    <>
      <Link to="/$chart/documents" params={{ chart }} className={list.back}>
        <Icon name="back" />
        {w.documents}
      </Link>
      <PageHeading title={c.title} lead={c.lead} within={practice?.name ?? ''} />
      <div className={styles.stack}>
        <Panel title={c.title} icon="card">
          <LoadedPages query={query} lines={3}>
            {(found, included) => (
              <CardList
                days={cardDays}
                cards={keptCards(listedDocuments(found, included))}
                places={{
                  photo: ({ listed: { id } }, label) => (
                    <Link
                      to="/$chart/documents/$document"
                      params={{ chart, document: id }}
                      className={list.back}
                    >
                      {label}
                    </Link>
                  ),
                }}
              />
            )}
          </LoadedPages>
        </Panel>
        {/* Another page, loaded anew: it alone may use the camera. */}
        {sends.includes('photo-id') && (
          <a href={`/portal/${chart}/camera`} className={list.back}>
            {c.takePhoto}
          </a>
        )}
      </div>
    </>
  );
}
