/** Who can reach what, since when, and when they last did; for the privacy officer, and for the owner. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { grantReview, type ReviewedGrant } from '../client/index.ts';
import { ActionButton, Icon, Loaded, Notice, PageHeading, useFormat, useKitWords } from '../kit/index.ts';
import { REVIEWED } from './addresses.ts';
import { useSession } from './desk-session.ts';
import { useRoleName } from './role-names.ts';
import styles from './staff-page.module.css';
import { useStaffWords } from './staff-words.ts';

export function ReviewPage() {
  const w = useStaffWords();
  const { practice, keeps, seesLines } = useSession();
  const isOpen = seesLines || keeps.includes('staff');
  return (
    <>
      <PageHeading
        title={w.review}
        within={practice?.name ?? ''}
        {...(isOpen ? { lead: w.reviewLead } : {})}
      />
      {isOpen ? <Review /> : <Notice icon="lock" title={w.reviewClosed} />}
    </>
  );
}

function Review() {
  const w = useStaffWords();
  const { of = 'staff' } = useSearch({ from: '/reviews' });
  const query = useInfiniteQuery(grantReview(of));
  const counts = query.data?.pages[0]?.counts;
  return (
    <>
      <nav className={styles.filter} aria-label={w.reviewOf}>
        {REVIEWED.map((each) => (
          <Link
            key={each}
            to="/reviews"
            search={each === 'staff' ? {} : { of: each }}
            className={styles.choice}
            data-chosen={each === of}
            activeOptions={{ exact: true, includeSearch: true }}
            replace
          >
            {each === of && <Icon name="check" size={16} />}
            {w.of[each]}
            {counts !== undefined && <span>{counts[each]}</span>}
          </Link>
        ))}
      </nav>
      <Loaded query={query} lines={8}>
        {({ pages }) => {
          const grants = pages.flatMap((page) => page.grants);
          if (grants.length === 0) {
            return (
              <Notice icon="people" title={w.none}>
                {w.noneText}
              </Notice>
            );
          }
          return <GrantTable grants={grants} tellsLastUse={pages[0]!.tellsLastUse} />;
        }}
      </Loaded>
      {query.hasNextPage && <More query={query} />}
    </>
  );
}

function More({ query }: { readonly query: ReturnType<typeof useInfiniteQuery> }) {
  const k = useKitWords();
  return (
    <div className={styles.more}>
      <ActionButton busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {k.showMore}
      </ActionButton>
    </div>
  );
}

interface GrantTableProps {
  readonly grants: readonly ReviewedGrant[];
  readonly tellsLastUse: boolean;
}

function GrantTable({ grants, tellsLastUse }: GrantTableProps) {
  const w = useStaffWords();
  return (
    <table className={styles.table}>
      <caption className={styles.unseen}>{w.review}</caption>
      <thead>
        <tr>
          <th scope="col">{w.person}</th>
          <th scope="col">{w.as}</th>
          <th scope="col">{w.record}</th>
          <th scope="col">{w.sees}</th>
          <th scope="col">{w.since}</th>
          <th scope="col">{w.ends}</th>
          <th scope="col">{w.givenBy}</th>
          <th scope="col">{w.lastUsed}</th>
        </tr>
      </thead>
      <tbody>
        {grants.map((grant) => (
          <GrantRow key={grant.id} grant={grant} tellsLastUse={tellsLastUse} />
        ))}
      </tbody>
    </table>
  );
}

function GrantRow({
  grant,
  tellsLastUse,
}: {
  readonly grant: ReviewedGrant;
  readonly tellsLastUse: boolean;
}) {
  const w = useStaffWords();
  const format = useFormat();
  const nameOf = useRoleName();
  const { seesLines } = useSession();
  const { account, chart, until, since, sections, givenBy, lastUsed } = grant;
  const name = grant.name ?? w.unnamed;
  const used = lastUsed === null ? w.never : format.shortDate(lastUsed);
  return (
    <tr>
      <th scope="row">
        {seesLines ? (
          <Link to="/access" search={{ by: account }} aria-label={w.linesOf(name)}>
            {name}
          </Link>
        ) : (
          name
        )}
      </th>
      <td data-name={w.as}>{nameOf(grant.role)}</td>
      <td data-name={w.record}>
        {chart === null ? (sections.some(isOfRecords) ? w.allRecords : w.noRecords) : chart.slice(0, 8)}
      </td>
      <td data-name={w.sees}>{sections.map((each) => w.sections[each] ?? each).join(', ')}</td>
      <td data-name={w.since}>{format.shortDate(since)}</td>
      <td data-name={w.ends}>{until === null ? w.noEnd : format.shortDate(until)}</td>
      <td data-name={w.givenBy}>{givenBy ?? w.byProgram}</td>
      <td data-name={w.lastUsed}>{tellsLastUse ? used : w.notTold}</td>
    </tr>
  );
}

/** What belongs to no record: whoever reaches that alone opens none. */
function isOfRecords(section: string): boolean {
  return section !== 'practice' && section !== 'deposit';
}
