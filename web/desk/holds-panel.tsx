/** Records and documents on hold, and putting a record on hold. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, endHold, type HeldRecord, heldRecords, holdRecord } from '../client/index.ts';
import { ActionButton, Field, Loaded, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { faultOf, useFilesWords } from './files-words.ts';
import { ReasonForm } from './reason-form.tsx';
import styles from './staff-page.module.css';

/** In an address, or alone. */
const RECORD = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

export function HoldsPanel() {
  const w = useFilesWords();
  const query = useQuery(heldRecords);
  return (
    <Panel title={w.holds} icon="lock">
      <p className={styles.lead}>{w.holdsHint}</p>
      <Loaded query={query} lines={2}>
        {(holds) => (
          <>
            {holds.length === 0 && <p>{w.noHolds}</p>}
            <Rows>
              {holds.map((hold) => (
                <Held key={hold.id} hold={hold} />
              ))}
            </Rows>
          </>
        )}
      </Loaded>
      <Holding />
    </Panel>
  );
}

function Held({ hold }: { readonly hold: HeldRecord }) {
  const w = useFilesWords();
  const format = useFormat();
  const queries = useQueryClient();
  const { sections } = useSession();
  const [isEnding, setEnding] = useState(false);
  const ending = useMutation({
    mutationFn: (reason: string) => endHold(hold.id, reason),
    onSuccess: () =>
      Promise.all(
        [heldRecords, { queryKey: ['retention-due'] }].map(({ queryKey }) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const { chart, document, by, at, reason } = hold;
  return (
    <Row
      title={document === null ? w.wholeRecord : w.oneDocument}
      detail={
        <>
          <p>{reason}</p>
          <p className={styles.soft}>{w.heldBy(by.name ?? w.somebody, format.date(at))}</p>
          {sections.includes('administrative') && (
            <Link to="/patients/$chart" params={{ chart }}>
              {w.toRecord}
            </Link>
          )}
          {isEnding ? (
            <ReasonForm
              what={w.endHold}
              busy={ending.isPending}
              fault={ending.error === null ? null : faultOf(w, ending.error)}
              onDone={(why) => ending.mutate(why)}
              onCancel={() => setEnding(false)}
            />
          ) : (
            <div className={styles.buttons}>
              <ActionButton weight="quiet" onClick={() => setEnding(true)}>
                {w.endHold}
              </ActionButton>
            </div>
          )}
        </>
      }
    />
  );
}

function Holding() {
  const w = useFilesWords();
  const queries = useQueryClient();
  const [record, setRecord] = useState('');
  const chart = RECORD.exec(record.toLowerCase())?.[0] ?? null;
  const [round, setRound] = useState(0);
  const holding = useMutation({
    mutationFn: (reason: string) =>
      chart === null ? Promise.reject(new Error()) : holdRecord(chart, reason),
    onSuccess: () => {
      setRecord('');
      setRound(round + 1);
      return queries.invalidateQueries({ queryKey: heldRecords.queryKey });
    },
  });
  const { error } = holding;
  const isAbsent = error instanceof ApiError && error.status === 404;
  const fault = chart === null ? w.recordWrong : isAbsent ? w.noRecord : faultOf(w, error);
  return (
    <div className={styles.form}>
      <Field label={w.record} hint={w.recordHint} value={record} onChange={setRecord} />
      {record !== '' && (
        <ReasonForm
          key={round}
          what={w.hold}
          busy={holding.isPending}
          fault={error === null ? null : fault}
          onDone={(reason) => holding.mutate(reason)}
        />
      )}
    </div>
  );
}
