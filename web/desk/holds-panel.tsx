/** Records and documents on hold, and putting a record on hold. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  ApiError,
  dueDocuments,
  endHold,
  type HeldRecord,
  heldRecords,
  holdRecord,
} from '../client/index.ts';
import { ActionButton, Field, Loaded, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { faultOf, useFilesWords } from './files-words.ts';
import { ReasonForm } from './reason-form.tsx';
import styles from './staff-page.module.css';

/** In an address, or alone. */
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const RECORD = new RegExp(`(${ID})(?:/documents/(${ID}))?`);

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
                <Held key={hold.id} hold={hold} link={<ToHeld {...hold} />} />
              ))}
            </Rows>
          </>
        )}
      </Loaded>
      <Holding />
    </Panel>
  );
}

interface HeldProps {
  readonly hold: HeldRecord;
  /** What is held, where that is not said by it being one document of some record. */
  readonly of?: string;
  /** To what is held. */
  readonly link?: ReactNode;
}

/** A hold that stands: of what, why, by whom and since when; and ending it. */
export function Held({ hold, of, link }: HeldProps) {
  const w = useFilesWords();
  const format = useFormat();
  const queries = useQueryClient();
  const [isEnding, setEnding] = useState(false);
  const ending = useMutation({
    mutationFn: (reason: string) => endHold(hold.id, reason),
    onSuccess: () => holdsChanged(queries),
  });
  const { document, by, at, reason } = hold;
  return (
    <Row
      title={document === null ? w.wholeRecord : (of ?? w.oneDocument)}
      detail={
        <>
          <p>{reason}</p>
          <p className={styles.soft}>{w.heldBy(by.name ?? w.somebody, format.date(at))}</p>
          {link}
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
              <ActionButton onClick={() => setEnding(true)}>{w.endHold}</ActionButton>
            </div>
          )}
        </>
      }
    />
  );
}

/** To what is held, for who may look at records at all; what is closed to them says so there. */
function ToHeld({ chart, document }: HeldRecord) {
  const w = useFilesWords();
  const { sections } = useSession();
  if (!sections.includes('administrative')) return null;
  return document === null ? (
    <Link to="/patients/$chart" params={{ chart }}>
      {w.toRecord}
    </Link>
  ) : (
    <Link to="/patients/$chart/documents/$document" params={{ chart, document }}>
      {w.toDocument}
    </Link>
  );
}

/** Asks anew for whatever says what is on hold. */
export function holdsChanged(queries: QueryClient): Promise<unknown> {
  const keys = [heldRecords.queryKey, dueDocuments.queryKey];
  return Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

function Holding() {
  const w = useFilesWords();
  const queries = useQueryClient();
  const [record, setRecord] = useState('');
  const [, chart = null, document = null] = RECORD.exec(record.toLowerCase()) ?? [];
  const [round, setRound] = useState(0);
  const holding = useMutation({
    mutationFn: (reason: string) =>
      chart === null ? Promise.reject(new Error()) : holdRecord(chart, document, reason),
    onSuccess: () => {
      setRecord('');
      setRound(round + 1);
      return holdsChanged(queries);
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
          what={document === null ? w.hold : w.holdDocument}
          busy={holding.isPending}
          fault={error === null ? null : fault}
          onDone={(reason) => holding.mutate(reason)}
        />
      )}
    </div>
  );
}
