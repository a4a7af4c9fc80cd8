/** What stands around the account, and what is shown of it: all, or how to get a passkey. */
import { useQuery } from '@tanstack/react-query';
import { type Session, sessionQuery } from '../client/index.ts';
import {
  AccountMenu,
  cameByOperator,
  IdleLock,
  Loaded,
  Mark,
  SiteFooter,
  useKitWords,
} from '../kit/index.ts';
import styles from './account.module.css';
import { AccountPage } from './account-page.tsx';
import { FirstKey } from './first-key.tsx';

export function AccountFrame() {
  const k = useKitWords();
  const session = useQuery(sessionQuery);
  return (
    <>
      <a className={styles.skip} href="#content">
        {k.skip}
      </a>
      <header className={styles.top}>
        <div className={styles.inner}>
          <Mark size={36} />
          <span className={styles.practice}>{session.data?.practice?.name ?? k.practiceSoftware}</span>
          {session.data !== undefined && <AccountMenu session={session.data} app="account" />}
        </div>
      </header>
      <main id="content" className={styles.content}>
        <Loaded query={session}>{(data) => <Inside session={data} />}</Loaded>
      </main>
      <SiteFooter />
    </>
  );
}

function Inside({ session }: { readonly session: Session }) {
  // As the door says it; until they have come in by a key of their own.
  const isFirst = cameByOperator(session) && new URLSearchParams(location.search).has('first');
  return (
    <>
      {!session.assured || isFirst ? <FirstKey session={session} /> : <AccountPage session={session} />}
      <IdleLock idleSeconds={session.idleSeconds} />
    </>
  );
}
