/**
 * Apps of the operator that people of the practice let in: how many and to what, never who; and closing
 * them here.
 */
import { useState } from 'react';
import { closeSharedApp, type SharedApp } from '../client/index.ts';
import { ActionButton, Facts, Panel, Row, Rows, useFormat, useKitWords } from '../kit/index.ts';
import { ChangeFault, useAppsChange } from './apps-change.tsx';
import { useAppsWords } from './apps-words.ts';
import styles from './staff-page.module.css';

export interface OperatorAppsProps {
  readonly apps: readonly SharedApp[];
  readonly onTold: (told: string) => void;
}

export function OperatorApps({ apps, onTold }: OperatorAppsProps) {
  const w = useAppsWords();
  return (
    <Panel title={w.shared} icon="apps">
      <p className={styles.before}>{apps.length === 0 ? w.noShared : w.sharedLead}</p>
      <Rows>
        {apps.map((each) => (
          <Shared key={each.id} app={each} onTold={onTold} />
        ))}
      </Rows>
    </Panel>
  );
}

interface SharedProps {
  readonly app: SharedApp;
  readonly onTold: (told: string) => void;
}

function Shared({ app, onTold }: SharedProps) {
  const w = useAppsWords();
  const format = useFormat();
  const { id, name, closedAt } = app;
  const [isSure, setSure] = useState(false);
  const isClosed = closedAt !== null;
  const change = useAppsChange(
    (closed: boolean) => closeSharedApp(id, closed),
    () => {
      setSure(false);
      onTold(isClosed ? w.opened : w.closedHere);
    },
  );
  const busy = change.isPending;
  return (
    <Row
      title={isClosed ? `${name}, ${w.closedSince(format.shortDate(closedAt))}` : name}
      detail={
        <div className={styles.about}>
          <Use app={app} />
          {isSure && <p>{w.closeSure}</p>}
          <div className={styles.buttons}>
            {isSure ? (
              <>
                <ActionButton weight="main" busy={busy} onClick={() => change.mutate(true)}>
                  {w.closeNow}
                </ActionButton>
                <ActionButton onClick={() => setSure(false)}>{w.cancel}</ActionButton>
              </>
            ) : (
              <ActionButton busy={busy} onClick={() => (isClosed ? change.mutate(false) : setSure(true))}>
                <span className={styles.unseen}>{isClosed ? w.openOf(name) : w.closeOf(name)}</span>
                <span aria-hidden="true">{isClosed ? w.open : w.close}</span>
              </ActionButton>
            )}
          </div>
          <ChangeFault change={change} />
        </div>
      }
    />
  );
}

function Use({ app: { staff, others, may, sensitive, uri, returnsTo } }: { readonly app: SharedApp }) {
  const w = useAppsWords();
  const k = useKitWords();
  const kinds = (those: SharedApp['may']) =>
    those.map(({ category }) => k.recordKinds[category]?.[0] ?? category).join(', ');
  const written = may.filter(({ writes }) => writes);
  const used = [
    ...(staff === 0 ? [] : [w.staffCount(staff)]),
    ...(others === 0 ? [] : [w.othersCount(others)]),
  ];
  return (
    <Facts
      facts={[
        { name: w.usedBy, value: used.length === 0 ? w.nobody : used.join(', ') },
        ...(may.length === 0 ? [] : [{ name: w.sees, value: kinds(may) }]),
        ...(written.length === 0 ? [] : [{ name: w.writes, value: kinds(written) }]),
        ...(sensitive ? [{ name: w.protectedKind, value: w.protectedBySome }] : []),
        { name: w.goesTo, value: returnsTo.join(', ') },
        ...(uri === null ? [] : [{ name: w.site, value: uri }]),
      ]}
    />
  );
}
