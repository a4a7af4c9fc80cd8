/** One result: what it was last, how it went over time, and every value. */
import type { Observation } from '@medplum/fhirtypes';
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import {
  type Measurement,
  observation,
  observations,
  observationsLike,
  type Page,
  plainUnit,
  type Series,
  seriesOf,
} from '../client/index.ts';
import {
  Icon,
  Loaded,
  LoadedPages,
  Notice,
  PageHeading,
  Panel,
  Plot,
  type PlotLine,
  Tag,
  useFormat,
} from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import styles from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import { measureName, sayValue, standingOf, toneOf, usualOf } from './result-words.ts';
import list from './results.module.css';
import type { PortalWords } from './words/en.ts';

export function ResultPage() {
  const { result } = useParams({ from: '/$chart/results/$result' });
  const chart = useChart();
  const known = useKnown(chart, result);
  const one = useQuery({ ...observation(result), ...(known === undefined ? {} : { initialData: known }) });
  return (
    <>
      <Back />
      <Loaded query={one} lines={6}>
        {(data) => <History newest={data} />}
      </Loaded>
    </>
  );
}

/** Where one came from the list, what was asked for that is not asked for again. */
function useKnown(chart: string, id: string): Observation | undefined {
  const answers = useQueryClient().getQueryData<InfiniteData<Page<Observation>>>(
    observations(chart).queryKey,
  );
  return answers?.pages.flatMap(({ found }) => found).find((each) => each.id === id);
}

function Back() {
  const w = usePortalWords();
  return (
    <Link to="/$chart/results" params={{ chart: useChart() }} className={list.back}>
      <Icon name="back" />
      {w.backToResults}
    </Link>
  );
}

function History({ newest }: { readonly newest: Observation }) {
  const w = usePortalWords();
  const query = useInfiniteQuery(observationsLike(useChart(), newest));
  const { practice } = useSession();
  const seriesWith = (found: readonly Observation[]) =>
    seriesOf(found).find(({ measurements }) => measurements.some(({ id }) => id === newest.id));
  const first = seriesWith([newest]);
  return (
    <>
      <PageHeading
        title={first === undefined ? w.results : measureName(first, w)}
        tab={w.pages.results}
        within={practice?.name ?? ''}
      />
      <div className={styles.stack}>
        {query.isEnabled ? (
          <LoadedPages query={query} lines={6}>
            {(found) => <Whole series={seriesWith(found)} />}
          </LoadedPages>
        ) : (
          <Whole series={first} />
        )}
      </div>
    </>
  );
}

function Whole({ series }: { readonly series: Series | undefined }) {
  const w = usePortalWords();
  if (series === undefined) return <Notice icon="chart" title={w.noSuchResult} />;
  const [latest] = series.measurements;
  const isUnusual = ['low', 'high'].includes(standingOf(latest!));
  return (
    <>
      <Latest series={series} latest={latest!} />
      {isUnusual && <p className={styles.soft}>{w.askAbout}</p>}
      <OverTime series={series} />
      <AllValues series={series} />
    </>
  );
}

function Latest({ series, latest }: { readonly series: Series; readonly latest: Measurement }) {
  const w = usePortalWords();
  const format = useFormat();
  const standing = standingOf(latest);
  const usual = usualOf(series, w, format);
  return (
    <Panel title={w.latest} icon="clock" aside={format.date(latest.at)}>
      <div className={list.latest}>
        <span className={list.big}>{sayValue(latest, series.unit, format)}</span>
        {standing !== 'unknown' && <Tag tone={toneOf(standing)}>{w.standing[standing]}</Tag>}
        {usual !== '' && <span className={styles.soft}>{w.usual(usual)}</span>}
      </div>
    </Panel>
  );
}

function OverTime({ series }: { readonly series: Series }) {
  const w = usePortalWords();
  const format = useFormat();
  const lines = linesOf(series, w);
  if (lines.length === 0) return null;
  const oldest = series.measurements.at(-1)!;
  const newest = series.measurements[0]!;
  const label = w.plotOf(
    measureName(series, w),
    series.measurements.length,
    format.date(oldest.at),
    format.date(newest.at),
  );
  return (
    <Panel title={w.overTime} icon="chart" aside={plainUnit(series.unit)}>
      {series.measurements.length === 1 ? (
        <p>{w.oneValue}</p>
      ) : (
        <Plot label={label} lines={lines} usual={w.usualRange} />
      )}
    </Panel>
  );
}

/** Oldest first; none where the results are no numbers. */
function linesOf({ measurements, lines, ranges }: Series, w: PortalWords): PlotLine[] {
  const count = Math.max(...measurements.map(({ readings }) => readings.length));
  return Array.from({ length: count }, (_, index) => ({
    name: lines[index] === undefined ? '' : measureName(lines[index], w),
    range: ranges[index] ?? null,
    points: measurements.toReversed().flatMap(({ id, at, readings }) => {
      const reading = readings[index];
      if (reading === undefined) return [];
      const unusual = reading.standing === 'low' || reading.standing === 'high';
      return [{ id, at: Date.parse(at), value: reading.value, text: reading.text, unusual }];
    }),
  }));
}

function AllValues({ series }: { readonly series: Series }) {
  const w = usePortalWords();
  const format = useFormat();
  return (
    <Panel title={w.allValues} icon="document">
      <table className={list.table} aria-label={w.allValues}>
        <thead>
          <tr>
            <th scope="col">{w.date}</th>
            <th scope="col">{w.value}</th>
          </tr>
        </thead>
        <tbody>
          {series.measurements.map((each) => {
            const standing = standingOf(each);
            const isTold = standing === 'low' || standing === 'high';
            return (
              <tr key={each.id}>
                <td>{format.shortDate(each.at)}</td>
                <td>
                  {isTold && <Tag tone={toneOf(standing)}>{w.standing[standing]}</Tag>}{' '}
                  <span className={list.number}>{sayValue(each, series.unit, format)}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
