/** All consents of a chart: what was signed, whether it stands, until when. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { consents, signedConsents, today } from '../client/index.ts';
import { Icon, LoadedPages, Notice, Panel } from '../kit/index.ts';
import { AroundChart } from './around-chart.tsx';
import styles from './chart-page.module.css';
import { ConsentList } from './consent-list.tsx';
import { useConsentWords } from './consent-words.ts';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';

export function ConsentsPage() {
  const w = useDeskWords();
  const c = useConsentWords();
  const { chart } = useParams({ from: '/patients/$chart/consents' });
  return (
    <AroundChart key={chart} chart={chart}>
      {() => (
        <>
          <Link to="/patients/$chart" params={{ chart }} className={styles.back}>
            <Icon name="back" />
            {w.chart}
          </Link>
          <h2 className={styles.subject}>{c.title}</h2>
          <p className={styles.soft}>{c.opensNothing}</p>
          <All chart={chart} />
        </>
      )}
    </AroundChart>
  );
}

function All({ chart }: { readonly chart: string }) {
  const c = useConsentWords();
  const mayRevoke = useSession().sends.includes('consent');
  const query = useInfiniteQuery(consents(chart));
  return (
    <LoadedPages query={query} lines={4}>
      {(found) => {
        const signed = signedConsents(found, today());
        if (signed.length === 0) return <Notice icon="document" title={c.none} />;
        return (
          <Panel title={c.title} icon="check">
            <ConsentList chart={chart} signed={signed} isBesideForm={false} mayRevoke={mayRevoke} />
          </Panel>
        );
      }}
    </LoadedPages>
  );
}
