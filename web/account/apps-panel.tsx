/** The apps that somebody let in: what each may see, what it has read, and disconnecting it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ConnectedApp,
  chartPatient,
  connectedAppsQuery,
  disconnectApp,
  type Session,
  sayName,
} from '../client/index.ts';
import { ActionButton, Loaded, Panel, Trouble, useFormat, useKitWords } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';
import { AppChange } from './app-change.tsx';

export function AppsPanel({ session }: { readonly session: Session }) {
  const w = useAccountWords();
  const apps = useQuery(connectedAppsQuery);
  const [told, setTold] = useState<string | null>(null);
  return (
    <Panel title={w.apps} icon="card">
      <Loaded query={apps}>
        {(list) => (
          <>
            <p className={styles.soft}>{list.length === 0 ? w.appsNone : w.appsLead}</p>
            <ul className={styles.apps}>
              {list.map((app) => (
                <App
                  key={app.id}
                  app={app}
                  session={session}
                  onEnded={() => setTold(w.appEnded(app.name))}
                  onChanged={() => setTold(w.appChanged(app.name))}
                />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <p role="status" className={styles.told}>
        {told}
      </p>
    </Panel>
  );
}

interface AppProps {
  readonly app: ConnectedApp;
  readonly session: Session;
  readonly onEnded: () => void;
  readonly onChanged: () => void;
}

function App({ app, session, onEnded, onChanged }: AppProps) {
  const w = useAccountWords();
  const format = useFormat();
  const [doing, setDoing] = useState<'ending' | 'changing' | null>(null);
  const stop = () => setDoing(null);
  const changed = () => {
    stop();
    onChanged();
  };
  const untilDay = format.date(app.until);
  const isSameDay = untilDay === format.date(app.since);
  return (
    <li className={styles.app}>
      <h3>{app.name}</h3>
      <p className={styles.soft}>
        <Whose chart={app.patient} session={session} />
        <br />
        {w.appUntil(format.date(app.since), isSameDay ? format.dayAndTime(app.until) : untilDay)}
      </p>
      <h4>{w.appMay}</h4>
      <Kinds app={app} />
      <h4>{w.appRead}</h4>
      <ReadBy app={app} />
      {doing === 'ending' && <Ending app={app} onEnded={onEnded} onCancel={stop} />}
      {doing === 'changing' && <AppChange app={app} onDone={changed} onCancel={stop} />}
      {doing === null && (
        <div className={styles.below}>
          <ActionButton onClick={() => setDoing('changing')}>{w.appChangeOf(app.name)}</ActionButton>
          <ActionButton onClick={() => setDoing('ending')}>{w.appEndOf(app.name)}</ActionButton>
        </div>
      )}
    </li>
  );
}

type EndingProps = Pick<AppProps, 'app' | 'onEnded'> & { readonly onCancel: () => void };

interface WhoseProps {
  readonly chart: string | null;
  readonly session: Session;
}

function Whose({ chart, session }: WhoseProps) {
  const w = useAccountWords();
  if (chart === null) return w.appForAll;
  if (session.charts.some((each) => each.own && each.chart === chart)) return w.appForOwn;
  return <WhoseElse chart={chart} />;
}

/** Asked for by its name where it is somebody else's: opening it is a line in the access log. */
function WhoseElse({ chart }: { readonly chart: string }) {
  const w = useAccountWords();
  const patient = useQuery({ ...chartPatient(chart), retry: false });
  const name = patient.data === undefined ? '' : sayName(patient.data.name);
  return name === '' ? w.appForAll : w.appFor(name);
}

/** How people call a kind of record. */
function useKindName(): (category: string) => string {
  const k = useKitWords();
  return (category) => k.recordKinds[category]?.[0] ?? category;
}

function Kinds({ app }: { readonly app: ConnectedApp }) {
  const w = useAccountWords();
  const nameOf = useKindName();
  return (
    <ul className={styles.kinds}>
      {app.may.map(({ category, writes }) => (
        <li key={category}>{writes ? w.appWrites(nameOf(category)) : nameOf(category)}</li>
      ))}
      {app.sensitive && <li>{w.appProtected}</li>}
    </ul>
  );
}

function ReadBy({ app }: { readonly app: ConnectedApp }) {
  const w = useAccountWords();
  const format = useFormat();
  const nameOf = useKindName();
  const kinds = Map.groupBy(app.read, ({ category }) => category);
  if (kinds.size === 0) return <p className={styles.soft}>{w.appReadNothing}</p>;
  return (
    <ul className={styles.kinds}>
      {[...kinds].map(([category, reads]) => {
        const times = reads.reduce((sum, each) => sum + each.times, 0);
        const last = reads
          .map((each) => each.last)
          .sort()
          .at(-1)!;
        return <li key={category}>{w.appReadTimes(nameOf(category), times, format.dayAndTime(last))}</li>;
      })}
    </ul>
  );
}

function Ending({ app, onEnded, onCancel }: EndingProps) {
  const w = useAccountWords();
  const k = useKitWords();
  const queries = useQueryClient();
  const ending = useMutation({
    mutationFn: async () => {
      await disconnectApp(app.id);
      onEnded();
      await queries.invalidateQueries(connectedAppsQuery);
    },
  });
  return (
    <div className={styles.steps}>
      <p>{w.appEndText(app.name)}</p>
      <Trouble error={ending.error} />
      <div className={styles.pair}>
        <ActionButton weight="main" busy={ending.isPending} onClick={() => ending.mutate()}>
          {w.appEndIt}
        </ActionButton>
        <ActionButton weight="quiet" onClick={onCancel}>
          {k.cancel}
        </ActionButton>
      </div>
    </div>
  );
}
