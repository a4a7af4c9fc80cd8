/** The patients of the practice: all of them, or those that were searched for, as many as are looked at. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { failureOf, patientList, soughtBy } from '../client/index.ts';
import {
  ActionButton,
  FailureNotice,
  Notice,
  Outline,
  PageHeading,
  useFormat,
  useKitWords,
  useLanguage,
} from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';
import { PatientTable } from './patient-table.tsx';
import styles from './patients-page.module.css';

export function PatientsPage() {
  const w = useDeskWords();
  const { practice, sections } = useSession();
  const isOpen = sections.includes('administrative');
  return (
    <>
      <PageHeading title={w.patients} within={practice?.name ?? ''} />
      {isOpen ? (
        <List />
      ) : (
        <Notice icon="lock" title={w.closedPatients}>
          {w.closedPatientsText}
        </Notice>
      )}
    </>
  );
}

function List() {
  const w = useDeskWords();
  const { language } = useLanguage();
  const { q = '' } = useSearch({ from: '/patients' });
  const sought = soughtBy(q, language !== 'en');
  if (sought === null) {
    return (
      <Notice icon="search" title={w.goOn}>
        {w.goOnText(w.dateForm)}
      </Notice>
    );
  }
  return <Found q={q} sought={sought} />;
}

function Found({
  q,
  sought,
}: {
  readonly q: string;
  readonly sought: NonNullable<ReturnType<typeof soughtBy>>;
}) {
  const { sort = 'name' } = useSearch({ from: '/patients' });
  const query = useInfiniteQuery(patientList(sought, sort));
  const { data, error } = query;
  if (error !== null && (data === undefined || query.isPlaceholderData)) {
    return <FailureNotice failure={failureOf(error)} onRetry={() => void query.refetch()} />;
  }
  if (data === undefined) return <Outline lines={8} />;
  const patients = data.pages.flatMap(({ found }) => found);
  const total = data.pages[0]?.total ?? patients.length;
  return (
    <section className={styles.list} aria-busy={query.isPlaceholderData}>
      <Count q={q} shown={patients.length} total={total} isLate={query.isPlaceholderData} />
      {patients.length === 0 ? <Nobody q={q} /> : <PatientTable patients={patients} sort={sort} q={q} />}
      <More query={query} />
    </section>
  );
}

interface CountProps {
  readonly q: string;
  readonly shown: number;
  readonly total: number;
  readonly isLate: boolean;
}

/** Says how many there are, also to whoever only listens. */
function Count({ q, shown, total, isLate }: CountProps) {
  const w = useDeskWords();
  const format = useFormat();
  const told = w.found(format.number(total), q !== '');
  const part = shown < total ? ` · ${w.shown(format.number(shown), format.number(total))}` : '';
  return (
    <div className={styles.above}>
      <p role="status" className={styles.count}>
        {isLate ? w.searching : `${told}${part}`}
      </p>
      {shown > 1 && <p className={styles.keys}>{w.keys}</p>}
    </div>
  );
}

function Nobody({ q }: { readonly q: string }) {
  const w = useDeskWords();
  if (q === '') {
    return (
      <Notice icon="people" title={w.nobody}>
        {w.nobodyText}
      </Notice>
    );
  }
  return (
    <Notice
      icon="search"
      title={w.notFound(q)}
      action={
        <Link to="/patients" className={styles.clear}>
          {w.clear}
        </Link>
      }
    >
      {w.notFoundText}
    </Notice>
  );
}

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly error: Error | null;
  fetchNextPage(): unknown;
}

function More({ query }: { readonly query: Pages }) {
  const k = useKitWords();
  return (
    <>
      {query.isFetchNextPageError && <FailureNotice failure={failureOf(query.error)} />}
      {query.hasNextPage && (
        <div className={styles.more}>
          <ActionButton busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {k.showMore}
          </ActionButton>
        </div>
      )}
    </>
  );
}
