/** What stands around the pages of one record: whose it is, whose else there are, and the pages. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatchRoute, useParams } from '@tanstack/react-router';
import { chartPatient, failureOf, givenName, sayName } from '../client/index.ts';
import { FailureNotice, Icon, type IconName } from '../kit/index.ts';
import styles from './chart-frame.module.css';
import frame from './portal-frame.module.css';
import { Alone, useSession, WayBack } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';

const PAGES = [
  ['/$chart', 'home', 'overview'],
  ['/$chart/health', 'health', 'health'],
  ['/$chart/results', 'chart', 'results'],
  ['/$chart/documents', 'document', 'documents'],
  ['/$chart/access', 'eye', 'access'],
  // Where the thumb is there is room for five: on a phone "Who looked" leads here.
  ['/$chart/family', 'people', 'family'],
] as const satisfies readonly (readonly [string, IconName, string])[];

/** Pages that are opened from a page of the bar, and stand beneath it. */
const BENEATH: Readonly<Partial<Record<string, readonly string[]>>> = {
  documents: ['/$chart/cards', '/$chart/camera', '/$chart/links'],
};

export function useChart(): string {
  return useParams({ from: '/$chart' }).chart;
}

export function ChartFrame() {
  const chart = useChart();
  const patient = useQuery(chartPatient(chart));
  const { charts } = useSession();
  if (patient.error !== null) {
    return (
      <Alone>
        <FailureNotice failure={failureOf(patient.error)} onRetry={() => void patient.refetch()} />
        {failureOf(patient.error) === 'refused' && <WayBack />}
      </Alone>
    );
  }
  return (
    <>
      {charts.length > 1 && <People charts={charts.map((each) => each.chart)} />}
      <div className={`${frame.inner} ${styles.body}`}>
        <Pages chart={chart} />
        <main id="content" className={styles.content}>
          <Outlet />
        </main>
      </div>
    </>
  );
}

/** Whose records are open: one press from one child to the next, on the same page. */
function People({ charts }: { readonly charts: readonly string[] }) {
  const w = usePortalWords();
  const patients = useQueries({ queries: charts.map((chart) => chartPatient(chart)) });
  const here = useChart();
  const page = usePage();
  return (
    <nav className={styles.people} aria-label={w.people} data-several>
      <ul className={frame.inner}>
        {charts.map((chart, at) => {
          const patient = patients[at]?.data;
          if (patient === undefined) return null;
          return (
            <li key={chart}>
              <Link
                to={page}
                params={{ chart }}
                className={styles.person}
                data-chosen={chart === here}
                aria-label={w.recordOf(sayName(patient.name))}
              >
                <Icon name="person" size={18} />
                {givenName(patient)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The page that is open, or the list that it was opened from. */
function usePage() {
  const matches = useMatchRoute();
  const open = PAGES.find(([to]) => to !== '/$chart' && matches({ to, fuzzy: true }) !== false);
  return open?.[0] ?? '/$chart';
}

function Pages({ chart }: { readonly chart: string }) {
  const w = usePortalWords();
  const matches = useMatchRoute();
  const isBeneath = (name: string) => BENEATH[name]?.some((to) => matches({ to }) !== false) === true;
  return (
    <nav className={styles.pages} aria-label={w.navigation}>
      <ul>
        {PAGES.map(([to, icon, name]) => (
          <li key={to} data-page={name}>
            <Link
              to={to}
              params={{ chart }}
              activeOptions={{ exact: name === 'overview' }}
              className={styles.page}
              {...(isBeneath(name) ? { 'data-status': 'active' } : {})}
            >
              <Icon name={icon} size={22} />
              <span>{w.pages[name]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
