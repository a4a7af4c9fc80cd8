/** Sending something of a record on by a link: making one, handing it over, and ending those that stand. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { documents, isCard, linksOf, listedDocuments, type MadeLink, ownFamily } from '../client/index.ts';
import { Icon, Loaded, LoadedPages, Notice, PageHeading } from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import { LinkForm } from './link-form.tsx';
import { LinkMade } from './link-made.tsx';
import { useLinkWords } from './link-words.ts';
import pages from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import list from './results.module.css';
import { SentLinks } from './sent-links.tsx';

export function LinksPage() {
  const w = useLinkWords();
  const chart = useChart();
  const { practice } = useSession();
  return (
    <>
      <Back />
      <PageHeading title={w.title} lead={w.lead} within={practice?.name ?? ''} />
      <div className={pages.stack} key={chart}>
        <New chart={chart} />
        <Standing chart={chart} />
      </div>
    </>
  );
}

function New({ chart }: { readonly chart: string }) {
  const w = useLinkWords();
  const family = useQuery(ownFamily);
  const query = useInfiniteQuery(documents(chart));
  const [made, setMade] = useState<MadeLink | null>(null);
  if (made !== null) return <LinkMade made={made} onDone={() => setMade(null)} />;
  return (
    <Loaded query={family} lines={4}>
      {({ records }) => {
        const record = records.find((each) => each.chart === chart);
        if (record === undefined || record.shares.length === 0) {
          return (
            <Notice icon="lock" title={w.notYours}>
              {w.notYoursText}
            </Notice>
          );
        }
        return (
          <LoadedPages query={query} lines={6}>
            {(found, included) => (
              <LinkForm
                chart={chart}
                // Cards are shown to whoever asks for one on purpose, and go out by no link.
                documents={listedDocuments(found, included).filter((each) => !isCard(each))}
                summary={record.shares.includes('administrative')}
                onMade={setMade}
              />
            )}
          </LoadedPages>
        );
      }}
    </Loaded>
  );
}

function Standing({ chart }: { readonly chart: string }) {
  const query = useQuery(linksOf(chart));
  return (
    <Loaded query={query} lines={3}>
      {(links) => <SentLinks chart={chart} links={links} />}
    </Loaded>
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
