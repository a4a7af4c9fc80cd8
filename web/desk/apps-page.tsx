/** Apps that developers ask the practice to register, and those it has; for the owner to decide and end. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  decideApp,
  endPracticeApp,
  type PracticeApps,
  practiceApps,
  practiceSettings,
  type RequestedApp,
} from '../client/index.ts';
import {
  ActionButton,
  Facts,
  Loaded,
  Notice,
  PageHeading,
  Panel,
  Row,
  Rows,
  useFormat,
} from '../kit/index.ts';
import { ChangeFault, useAppsChange } from './apps-change.tsx';
import { useAppsWords } from './apps-words.ts';
import { useSession } from './desk-session.ts';
import { OperatorApps } from './operator-apps.tsx';
import styles from './staff-page.module.css';

export function AppsPage() {
  const w = useAppsWords();
  const { practice, keeps } = useSession();
  const isOpen = keeps.includes('staff');
  return (
    <>
      <PageHeading title={w.page} within={practice?.name ?? ''} {...(isOpen ? { lead: w.lead } : {})} />
      {isOpen ? (
        <div className={styles.wide}>
          <WhereToAsk slug={practice?.slug ?? ''} />
          <Everything />
        </div>
      ) : (
        <Notice icon="lock" title={w.closed}>
          {w.closedText}
        </Notice>
      )}
    </>
  );
}

function WhereToAsk({ slug }: { readonly slug: string }) {
  const w = useAppsWords();
  const { data } = useQuery(practiceSettings);
  if (data === undefined) return null;
  if (!data.appRequests) {
    return (
      <Notice icon="lock" title={w.off} action={<Link to="/settings">{w.toSettings}</Link>}>
        {w.offText}
      </Notice>
    );
  }
  const address = `/developers/${slug}`;
  return (
    <p className={styles.soft}>
      {w.address} <a href={address}>{`${location.origin}${address}`}</a>
    </p>
  );
}

function Everything() {
  const w = useAppsWords();
  const query = useQuery(practiceApps);
  const [told, setTold] = useState('');
  return (
    <Loaded query={query} lines={5}>
      {({ requests, apps, shared }) => (
        <>
          <p role="status">{told}</p>
          <Panel title={w.requests} icon="mail">
            {requests.length === 0 && <p className={styles.soft}>{w.noRequests}</p>}
            <Rows>
              {requests.map((each) => (
                <Request key={each.id} app={each} onTold={setTold} />
              ))}
            </Rows>
          </Panel>
          <Panel title={w.apps} icon="apps">
            {apps.length === 0 && <p className={styles.soft}>{w.noApps}</p>}
            <Rows>
              {apps.map((each) => (
                <Registered key={each.id} app={each} onTold={setTold} />
              ))}
            </Rows>
          </Panel>
          <OperatorApps apps={shared} onTold={setTold} />
        </>
      )}
    </Loaded>
  );
}

interface RequestProps {
  readonly app: RequestedApp;
  readonly onTold: (told: string) => void;
}

function Request({ app, onTold }: RequestProps) {
  const w = useAppsWords();
  const format = useFormat();
  const { id, name, purpose, contact } = app;
  const decide = useAppsChange(
    (approve: boolean) => decideApp(id, approve),
    (clientId) => onTold(clientId === null ? w.refused : w.approved(clientId)),
  );
  return (
    <Row
      title={`${name}, ${w.asked(format.shortDate(app.madeAt))}`}
      detail={
        <div className={styles.about}>
          <p>{purpose}</p>
          <Addresses app={app} contact={contact} />
          <div className={styles.buttons}>
            <ActionButton weight="main" busy={decide.isPending} onClick={() => decide.mutate(true)}>
              <span className={styles.unseen}>{w.approveOf(name)}</span>
              <span aria-hidden="true">{w.approve}</span>
            </ActionButton>
            <ActionButton busy={decide.isPending} onClick={() => decide.mutate(false)}>
              <span className={styles.unseen}>{w.refuseOf(name)}</span>
              <span aria-hidden="true">{w.refuse}</span>
            </ActionButton>
          </div>
          <ChangeFault change={decide} />
        </div>
      }
    />
  );
}

interface AddressesProps {
  readonly app: PracticeApps['apps'][number];
  readonly contact?: string;
}

/** What of it is where, as text: nothing that a stranger wrote is a link. */
function Addresses({ app, contact }: AddressesProps) {
  const w = useAppsWords();
  return (
    <Facts
      facts={[
        ...(contact === undefined ? [] : [{ name: w.contact, value: contact }]),
        { name: w.goesTo, value: app.redirectUris.join(', ') },
        ...(app.launchUri === null ? [] : [{ name: w.launch, value: app.launchUri }]),
        ...(app.uri === null ? [] : [{ name: w.site, value: app.uri }]),
        { name: w.kind, value: app.confidential ? w.keyed : w.keyless },
      ]}
    />
  );
}

interface RegisteredProps {
  readonly app: PracticeApps['apps'][number];
  readonly onTold: (told: string) => void;
}

function Registered({ app, onTold }: RegisteredProps) {
  const w = useAppsWords();
  const format = useFormat();
  const [isSure, setSure] = useState(false);
  const { id, name } = app;
  const end = useAppsChange(
    () => endPracticeApp(id),
    () => onTold(w.ended),
  );
  return (
    <Row
      title={`${name}, ${w.since(format.shortDate(app.madeAt))}`}
      detail={
        <div className={styles.about}>
          <p>{id}</p>
          <Addresses app={app} />
          {isSure && <p>{w.endSure}</p>}
          <div className={styles.buttons}>
            {isSure ? (
              <>
                <ActionButton weight="main" busy={end.isPending} onClick={() => end.mutate(undefined)}>
                  {w.endNow}
                </ActionButton>
                <ActionButton onClick={() => setSure(false)}>{w.cancel}</ActionButton>
              </>
            ) : (
              <ActionButton onClick={() => setSure(true)}>
                <span className={styles.unseen}>{w.endOf(name)}</span>
                <span aria-hidden="true">{w.end}</span>
              </ActionButton>
            )}
          </div>
          <ChangeFault change={end} />
        </div>
      }
    />
  );
}
