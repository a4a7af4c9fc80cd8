/** The latest of every kind of result, by where it comes from. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { observations, type Series, seriesOf } from '../client/index.ts';
import { Icon, LoadedPages, Notice, PageHeading, Panel, Tag, useFormat } from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import { NotOpen, PartlyOpen, useOpenness } from './openness.tsx';
import styles from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import { measureName, sayValue, standingOf, toneOf } from './result-words.ts';
import list from './results.module.css';

const CATEGORIES = ['laboratory', 'vital-signs', 'other'] as const;
type Category = (typeof CATEGORIES)[number];

export function ResultsPage() {
  const w = usePortalWords();
  const { practice } = useSession();
  const { clinical } = useOpenness();
  return (
    <>
      <PageHeading title={w.results} lead={w.resultsLead} within={practice?.name ?? ''} />
      {clinical ? (
        <div className={styles.stack}>
          <PartlyOpen />
          <Results />
        </div>
      ) : (
        <NotOpen />
      )}
    </>
  );
}

function Results() {
  const w = usePortalWords();
  const query = useInfiniteQuery(observations(useChart()));
  return (
    <LoadedPages query={query} lines={8}>
      {(found) => {
        const all = seriesOf(found);
        if (all.length === 0) {
          return (
            <Notice icon="chart" title={w.noResults}>
              {w.noResultsText}
            </Notice>
          );
        }
        return CATEGORIES.map((category) => {
          const series = all.filter((each) => categoryOf(each) === category);
          return series.length === 0 ? null : <ResultPanel key={category} title={category} series={series} />;
        });
      }}
    </LoadedPages>
  );
}

function categoryOf({ category }: Series): Category {
  return CATEGORIES.find((each) => each === category) ?? 'other';
}

function ResultPanel({ title, series }: { readonly title: Category; readonly series: readonly Series[] }) {
  const w = usePortalWords();
  return (
    <Panel title={w.categories[title]} icon={title === 'vital-signs' ? 'health' : 'chart'}>
      <ul className={list.results}>
        {series.map((each) => (
          <ResultRow key={each.id} series={each} />
        ))}
      </ul>
    </Panel>
  );
}

function ResultRow({ series }: { readonly series: Series }) {
  const w = usePortalWords();
  const format = useFormat();
  const chart = useChart();
  const latest = series.measurements[0]!;
  const standing = standingOf(latest);
  return (
    <li className={list.result}>
      <div className={list.lines}>
        <div className={list.pair}>
          <Link to="/$chart/results/$result" params={{ chart, result: series.id }} className={list.name}>
            {measureName(series, w)}
          </Link>
          <span className={list.value}>{sayValue(latest, series.unit, format)}</span>
        </div>
        <div className={list.pair}>
          <span className={list.when}>{format.shortDate(latest.at)}</span>
          {standing !== 'unknown' && <Tag tone={toneOf(standing)}>{w.standing[standing]}</Tag>}
        </div>
      </div>
      <span className={list.open}>
        <Icon name="open" />
      </span>
    </li>
  );
}
