/** What stands around every page of the desk: the practice, the pages, the search, who is signed in. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Session, sessionQuery, waitingCount } from '../client/index.ts';
import {
  AccountMenu,
  Icon,
  type IconName,
  IdleLock,
  Loaded,
  Mark,
  Notice,
  SiteFooter,
  ToAccount,
  useFormat,
  useKitWords,
} from '../kit/index.ts';
import styles from './desk-frame.module.css';
import { useDeskWords } from './desk-words.ts';
import { RecentCharts } from './recent-charts.tsx';
import { SearchField } from './search-field.tsx';

export function DeskFrame() {
  const k = useKitWords();
  const session = useQuery(sessionQuery);
  return (
    <>
      <a className={styles.skip} href="#content">
        {k.skip}
      </a>
      <Loaded query={session} lines={6}>
        {(data) =>
          !data.assured ? (
            <ToAccount />
          ) : data.apps.includes('desk') ? (
            <Desk session={data} />
          ) : (
            <NotForYou session={data} />
          )
        }
      </Loaded>
    </>
  );
}

function Desk({ session }: { readonly session: Session }) {
  const seesPatients = session.sections.includes('administrative');
  return (
    <div className={styles.desk}>
      <Side session={session} />
      <header className={styles.top}>
        <div className={styles.find}>{seesPatients && <SearchField />}</div>
        <Who session={session} />
      </header>
      <main id="content" className={styles.content}>
        <Outlet />
      </main>
      <div className={styles.foot}>
        <SiteFooter />
      </div>
      <IdleLock idleSeconds={session.idleSeconds} />
    </div>
  );
}

const PAGES = [
  ['/patients', 'people', 'patients', ({ sections }: Session) => sections.includes('administrative')],
  ['/sent', 'mail', 'sent', ({ sends }: Session) => sends.length > 0],
  ['/cards', 'card', 'cards', ({ sends }: Session) => sends.includes('photo-id')],
  ['/access', 'eye', 'access', ({ seesLines }: Session) => seesLines],
  ['/online-access', 'key', 'online', ({ keeps }: Session) => keeps.length > 0],
  ['/staff', 'person', 'staff', ({ keeps }: Session) => keeps.includes('staff')],
  ['/reviews', 'check', 'reviews', ({ keeps, seesLines }: Session) => seesLines || keeps.includes('staff')],
  ['/apps', 'apps', 'apps', ({ keeps }: Session) => keeps.includes('staff')],
  ['/files', 'document', 'files', ({ keeps, seesLines }: Session) => seesLines || keeps.includes('staff')],
  ['/settings', 'settings', 'settings', ({ keeps }: Session) => keeps.includes('staff')],
] as const satisfies readonly (readonly [string, IconName, string, (session: Session) => boolean])[];

function Side({ session }: { readonly session: Session }) {
  const w = useDeskWords();
  const k = useKitWords();
  const pages = PAGES.filter(([, , , isOpen]) => isOpen(session));
  return (
    <div className={styles.side}>
      <aside className={styles.inside} aria-label={k.practiceSoftware}>
        <Link to="/" className={styles.practice}>
          <Mark size={32} />
          <span>
            <span className={styles.practiceName}>{session.practice?.name ?? k.practiceSoftware}</span>
            <Roles session={session} className={styles.roleBelow} />
          </span>
        </Link>
        <nav className={styles.pages} aria-label={w.navigation} data-count={pages.length}>
          <ul>
            {pages.map(([to, icon, name]) => (
              <li key={to}>
                <Link to={to} className={styles.page}>
                  <Icon name={icon} />
                  <span>{w.pages[name]}</span>
                  {name === 'sent' && <WaitingCount />}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <RecentCharts />
      </aside>
    </div>
  );
}

/** How many wait; asked again with another page, and never by itself: that would keep one signed in. */
function WaitingCount() {
  const w = useDeskWords();
  const format = useFormat();
  const { pathname } = useLocation();
  const queries = useQueryClient();
  const { data = 0 } = useQuery(waitingCount);
  useEffect(() => {
    if (pathname !== '') void queries.refetchQueries({ queryKey: waitingCount.queryKey, stale: true });
  }, [pathname, queries]);
  if (data === 0) return null;
  return (
    <span className={styles.count} title={w.sentWaiting(format.number(data))}>
      {format.number(data)}
    </span>
  );
}

interface RolesProps {
  readonly session: Session;
  readonly className: string | undefined;
}

/** As what one is there; there is room for it beside the name, or on a phone below the practice. */
function Roles({ session, className }: RolesProps) {
  const w = useDeskWords();
  return <span className={className}>{session.roles.flatMap((role) => w.roles[role] ?? []).join(', ')}</span>;
}

function Who({ session }: { readonly session: Session }) {
  return (
    <div className={styles.who}>
      <Roles session={session} className={styles.role} />
      <AccountMenu session={session} app="desk" />
    </div>
  );
}

/** Whoever is no staff of the practice came by a mistyped address. */
function NotForYou({ session }: { readonly session: Session }) {
  const w = useDeskWords();
  return (
    <main id="content" className={styles.alone}>
      <Notice
        icon="door"
        title={w.notStaff}
        {...(session.apps.includes('portal') ? { action: <a href="/portal">{w.toPortal}</a> } : {})}
      >
        {w.notStaffText}
      </Notice>
    </main>
  );
}
