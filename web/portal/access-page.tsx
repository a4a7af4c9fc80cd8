/** Who opened the record, in plain words, day by day. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type AccessVisit, accessLog, accessVisits } from '../client/index.ts';
import { Icon, LoadedPages, Notice, PageHeading, Panel, Row, Rows, Tag, useFormat } from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import styles from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import type { PortalWords } from './words/en.ts';

export function AccessPage() {
  const w = usePortalWords();
  const chart = useChart();
  const { account, practice } = useSession();
  const { who } = useSearch({ from: '/$chart/access' });
  const query = useInfiniteQuery(accessLog(chart));
  return (
    <>
      <PageHeading title={w.access} lead={w.accessLead} within={practice?.name ?? ''} />
      <p className={styles.lead}>
        <Link to="/$chart/family" params={{ chart }} className={styles.more}>
          {w.toFamily}
        </Link>
      </p>
      <Filter chosen={who} />
      <div className={styles.stack}>
        <LoadedPages query={query} lines={6}>
          {(events) => {
            const visits = accessVisits(events, account.id);
            const shown = who === 'others' ? visits.filter(({ isYou }) => !isYou) : visits;
            return shown.length === 0 ? <NobodyElse filtered={visits.length > 0} /> : <Days visits={shown} />;
          }}
        </LoadedPages>
        <p className={styles.soft}>{w.accessHelp}</p>
      </div>
    </>
  );
}

function Filter({ chosen }: { readonly chosen: 'others' | undefined }) {
  const w = usePortalWords();
  const chart = useChart();
  const choices = [
    { name: w.everyone, who: undefined },
    { name: w.others, who: 'others' },
  ] as const;
  return (
    <nav className={styles.filter} aria-label={w.show}>
      {choices.map(({ name, who }) => (
        <Link
          key={name}
          to="/$chart/access"
          params={{ chart }}
          search={who === undefined ? {} : { who }}
          className={styles.choice}
          data-chosen={who === chosen}
          activeOptions={{ exact: true, includeSearch: true }}
          replace
        >
          {who === chosen && <Icon name="check" size={18} />}
          {name}
        </Link>
      ))}
    </nav>
  );
}

function NobodyElse({ filtered }: { readonly filtered: boolean }) {
  const w = usePortalWords();
  return (
    <Notice icon="eye" title={w.noAccess}>
      {filtered ? w.noAccessOthers : w.noAccessYet}
    </Notice>
  );
}

function Days({ visits }: { readonly visits: readonly AccessVisit[] }) {
  const format = useFormat();
  const days = new Map<string, AccessVisit[]>();
  for (const visit of visits) {
    const day = format.date(visit.to);
    days.set(day, [...(days.get(day) ?? []), visit]);
  }
  return [...days].map(([day, ofDay]) => (
    <Panel key={day} title={day} icon="calendar">
      <Rows>
        {ofDay.map((visit) => (
          <Visit key={visit.id} visit={visit} />
        ))}
      </Rows>
    </Panel>
  ));
}

function Visit({ visit }: { readonly visit: AccessVisit }) {
  const w = usePortalWords();
  const format = useFormat();
  const kinds = format.list(kindsOf(visit, w));
  const what = visit.people.length === 0 ? kinds : `${kinds} (${format.list(visit.people)})`;
  return (
    <Row
      title={
        <span className={styles.who}>
          {visit.who ?? w.program}
          {visit.isYou && <Tag>{w.you}</Tag>}
          {visit.byApp && <Tag tone="attention">{w.byApp}</Tag>}
          {visit.byLink && <Tag tone="attention">{w.byLink}</Tag>}
        </span>
      }
      detail={visit.kind === 'looked' ? w.looked(what) : w.changed(what)}
      side={format.times(visit.from, visit.to)}
    />
  );
}

/** "2 conditions", "12 results": what has no word of its own is counted together. */
function kindsOf({ types }: AccessVisit, { kinds }: PortalWords): string[] {
  const named = types.flatMap(([type, count]) => kinds[type]?.(count) ?? []);
  const rest = types.reduce((sum, [type, count]) => (type in kinds ? sum : sum + count), 0);
  return rest === 0 ? named : [...named, kinds.other!(rest)];
}
