/** What stands around every page of the portal: the practice, who is signed in, and the lock. */
import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Session, sessionQuery } from '../client/index.ts';
import {
  AccountMenu,
  IdleLock,
  Loaded,
  Mark,
  Notice,
  SiteFooter,
  ToAccount,
  useKitWords,
} from '../kit/index.ts';
import styles from './portal-frame.module.css';
import { usePortalWords } from './portal-words.ts';

export function PortalFrame() {
  const w = useKitWords();
  const session = useQuery(sessionQuery);
  return (
    <>
      <a className={styles.skip} href="#content">
        {w.skip}
      </a>
      <header className={styles.top}>
        <div className={styles.inner}>
          <Mark size={36} />
          <span className={styles.practice}>{session.data?.practice?.name ?? w.practiceSoftware}</span>
          {session.data !== undefined && <AccountMenu session={session.data} app="portal" />}
        </div>
      </header>
      <Loaded query={session}>
        {(data) =>
          data.assured ? (
            <>
              <Outlet />
              <IdleLock idleSeconds={data.idleSeconds} />
            </>
          ) : (
            <ToAccount />
          )
        }
      </Loaded>
      <div className={styles.foot}>
        <SiteFooter />
      </div>
    </>
  );
}

/** The session of the page around us, which is not drawn before it is there. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (data === undefined) throw new Error('Broken invariant: a page without a session');
  return data;
}

/** `/portal` itself goes to the first record that is open to whoever signed in. */
export function Entrance() {
  const w = usePortalWords();
  const [first] = useSession().charts;
  if (first !== undefined) return <Navigate to="/$chart" params={{ chart: first.chart }} replace />;
  return (
    <Alone>
      <Notice icon="door" title={w.noCharts}>
        {w.noChartsText}
      </Notice>
    </Alone>
  );
}

/** A page that holds a notice and nothing else. */
export function Alone({ children }: { readonly children: ReactNode }) {
  return (
    <main id="content" className={`${styles.inner} ${styles.alone}`}>
      {children}
    </main>
  );
}

/** From where nothing is to where something is. */
export function WayBack() {
  const w = usePortalWords();
  return (
    <a className={styles.back} href="/portal">
      {w.wayBack}
    </a>
  );
}
