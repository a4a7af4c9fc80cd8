/** The access log of the practice, for whoever watches over it: lines, and no chart. */
import type { AuditEvent } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { accessLines, peopleIn } from '../client/index.ts';
import { Icon, LoadedPages, Notice, PageHeading, Tag, useFormat } from '../kit/index.ts';
import styles from './access-page.module.css';
import type { LinesShown } from './addresses.ts';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';

export function AccessPage() {
  const w = useDeskWords();
  const { practice, seesLines } = useSession();
  return (
    <>
      <PageHeading
        title={w.lines}
        within={practice?.name ?? ''}
        {...(seesLines ? { lead: w.linesLead } : {})}
      />
      {seesLines ? (
        <Lines />
      ) : (
        <Notice icon="lock" title={w.linesClosed}>
          {w.linesClosedText}
        </Notice>
      )}
    </>
  );
}

function Lines() {
  const w = useDeskWords();
  const shown = useSearch({ from: '/access' });
  const query = useInfiniteQuery(accessLines(shown));
  return (
    <>
      <Filters shown={shown} />
      <LoadedPages query={query} lines={8}>
        {(found) =>
          found.length === 0 ? (
            <Notice icon="eye" title={w.noLines}>
              {w.noLinesText}
            </Notice>
          ) : (
            <LineTable lines={found} />
          )
        }
      </LoadedPages>
    </>
  );
}

function Filters({ shown }: { readonly shown: LinesShown }) {
  const w = useDeskWords();
  const navigate = useNavigate();
  const set = (name: 'from' | 'to', value: string) => {
    const { [name]: _, ...rest } = shown;
    void navigate({ to: '/access', search: value === '' ? rest : { ...rest, [name]: value }, replace: true });
  };
  const isNarrowed = Object.keys(shown).length > 0;
  return (
    <div className={styles.filters}>
      {(['from', 'to'] as const).map((name) => (
        <label key={name} className={styles.filter}>
          <span>{w[name]}</span>
          <input type="date" value={shown[name] ?? ''} onChange={({ target }) => set(name, target.value)} />
        </label>
      ))}
      {isNarrowed && (
        <Link to="/access" className={styles.all}>
          {w.allLines}
        </Link>
      )}
      {shown.chart !== undefined && (
        <p className={styles.whole}>
          {w.wholeChartNo} <code>{shown.chart}</code>
        </p>
      )}
    </div>
  );
}

function LineTable({ lines }: { readonly lines: readonly AuditEvent[] }) {
  const w = useDeskWords();
  return (
    <table className={styles.table}>
      <caption className={styles.unseen}>{w.lines}</caption>
      <thead>
        <tr>
          <th scope="col">{w.when}</th>
          <th scope="col">{w.who}</th>
          <th scope="col">{w.what}</th>
          <th scope="col">{w.which}</th>
          <th scope="col">{w.where}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <LineRow key={line.id} line={line} />
        ))}
      </tbody>
    </table>
  );
}

const TIME = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
} as const;

function LineRow({ line }: { readonly line: AuditEvent }) {
  const w = useDeskWords();
  const format = useFormat();
  // What a program did is told with which it was: `open-session:system-import`.
  const [action = ''] = (line.subtype?.[0]?.code ?? '').split(':');
  const outcome = w.outcome[line.outcome ?? '0'];
  return (
    <tr>
      <td className={styles.when}>{format.date(line.recorded!, TIME)}</td>
      <td className={styles.who}>
        <Person line={line} /> {line.purposeOfEvent?.[0]?.text === 'app' && <Tag>{w.byApp}</Tag>}
      </td>
      <td className={styles.what}>
        {w.action[action] ?? action} {outcome !== undefined && <Tag tone="attention">{outcome}</Tag>}
      </td>
      <td className={styles.which}>
        <Records line={line} />
      </td>
      <td className={styles.where}>{line.agent[0]?.network?.address ?? ''}</td>
    </tr>
  );
}

/** The account of what no person does. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

function Person({ line }: { readonly line: AuditEvent }) {
  const w = useDeskWords();
  const [agent] = line.agent;
  const account = agent?.who?.identifier?.value;
  if (account === undefined && line.purposeOfEvent?.[0]?.text === 'invitation') return <>{w.stranger}</>;
  if (account === undefined || account === NOBODY) return <>{w.program}</>;
  const name = agent?.name ?? w.accountNo(account.slice(0, 8));
  return (
    <Link
      to="/access"
      search={(before: LinesShown) => ({ ...before, by: account })}
      aria-label={w.onlyPerson(name)}
      className={styles.narrow}
    >
      {name}
    </Link>
  );
}

/** How many of each type, and of whom; where a chart is named, a way to all lines of that chart. */
function Records({ line }: { readonly line: AuditEvent }) {
  const w = useDeskWords();
  const format = useFormat();
  const people = peopleIn(line);
  const named = [...new Set(line.entity?.flatMap(({ what }) => what?.reference?.split('/_')[0] ?? []) ?? [])];
  const isSearch = line.subtype?.[0]?.code === 'search';
  if (named.length === 0 && people.length === 0) {
    return isSearch ? <span className={styles.nothing}>{w.noRecords}</span> : null;
  }
  const counts = new Map<string, number>();
  for (const each of named) {
    const type = each.split('/')[0]!;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const charts = named.filter((each) => each.startsWith('Patient/')).map((each) => each.slice(8));
  const told = [...counts]
    .map(([type, count]) => `${w.kinds[type] ?? type}${count === 1 ? '' : ` × ${count}`}`)
    .join(', ');
  const ofWhom = format.list(people);
  const [chart] = charts;
  return (
    <>
      {[told, ofWhom].filter((each) => each !== '').join(': ')}
      {charts.length === 1 && (
        <Link
          to="/access"
          search={(before: LinesShown) => ({ ...before, chart: chart! })}
          aria-label={w.onlyChart(chart!.slice(0, 8))}
          title={chart!}
          className={styles.chart}
        >
          <Icon name="person" size={14} />
          {w.chartNo(chart!.slice(0, 8))}
        </Link>
      )}
    </>
  );
}
