/** The last value of each kind, whether it is usual, and where it comes from. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { plainUnit, recentResults, type Series, seriesOf } from '../client/index.ts';
import { Loaded, Panel, Tag, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import own from './results-panel.module.css';
import { Shortened } from './shortened.tsx';
import { Sparkline } from './sparkline.tsx';

export function ResultsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const query = useInfiniteQuery(recentResults(chart));
  return (
    <Panel title={w.results} icon="chart">
      <Loaded query={query} lines={6}>
        {({ pages }) => {
          const all = seriesOf(pages.flatMap(({ found }) => found));
          if (all.length === 0) return <p className={styles.soft}>{w.noResults}</p>;
          return (
            <Shortened items={all.toSorted(unusualFirst)} first={10}>
              {(shown) => (
                <ul className={own.results}>
                  {shown.map((each) => (
                    <Result key={each.id} series={each} />
                  ))}
                </ul>
              )}
            </Shortened>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** What was out of range the last time comes first; else the order stays. */
function unusualFirst(a: Series, b: Series): number {
  return Number(isUnusual(b)) - Number(isUnusual(a));
}

function isUnusual({ measurements }: Series): boolean {
  return measurements[0]!.readings.some(({ standing }) => standing === 'low' || standing === 'high');
}

function Result({ series }: { readonly series: Series }) {
  const w = useDeskWords();
  const format = useFormat();
  const { unit, measurements } = series;
  const name = w.measurements[series.code] ?? series.name;
  const last = measurements[0]!;
  const values = last.readings.map(({ text }) => format.digits(text)).join('/');
  const standing = last.readings.map((each) => each.standing).find((each) => w.standing[each] !== '');
  return (
    <li className={own.result}>
      <span className={own.name}>{name}</span>
      <span className={own.value}>
        {values === '' ? last.words : values}{' '}
        {values !== '' && <span className={own.unit}>{plainUnit(unit)}</span>}
      </span>
      <span className={own.standing}>
        {standing !== undefined && <Tag tone="attention">{w.standing[standing]}</Tag>}
      </span>
      <span className={own.trend}>
        <Sparkline name={name} series={series} />
      </span>
      <span className={own.when}>{format.shortDate(last.at)}</span>
    </li>
  );
}
