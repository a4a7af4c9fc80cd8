/** Who can see a record, and letting somebody see it; and whose records are open to whoever looks. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ActingFor,
  acceptOffer,
  chartPatient,
  type FamilyRecord,
  ownFamily,
  type StandingOffer,
  sayName,
  takeOfferBack,
} from '../client/index.ts';
import {
  ActionButton,
  Field,
  Loaded,
  Notice,
  PageHeading,
  Panel,
  Row,
  Rows,
  useFormat,
} from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import { Fault, sayParts, useFamilyChange } from './family-change.tsx';
import styles from './family-page.module.css';
import { FamilyPeople } from './family-people.tsx';
import { useFamilyWords } from './family-words.ts';
import { GiveAccess } from './give-access.tsx';
import { useSession } from './portal-frame.tsx';

export function FamilyPage() {
  const w = useFamilyWords();
  const chart = useChart();
  const { practice } = useSession();
  const query = useQuery(ownFamily);
  return (
    <>
      <PageHeading title={w.title} lead={w.lead} within={practice?.name ?? ''} />
      <div className={styles.stack}>
        <Loaded query={query} lines={5}>
          {({ records, acting }) => {
            const record = records.find((each) => each.chart === chart);
            return (
              <>
                {record === undefined ? (
                  <Notice icon="lock" title={w.notYours}>
                    {w.notYoursText}
                  </Notice>
                ) : (
                  <OfRecord key={chart} record={record} records={records} />
                )}
                <Acting acting={acting} />
                <TakeCode />
              </>
            );
          }}
        </Loaded>
      </div>
    </>
  );
}

interface OfRecordProps {
  readonly record: FamilyRecord;
  readonly records: readonly FamilyRecord[];
}

function OfRecord({ record, records }: OfRecordProps) {
  return (
    <>
      <FamilyPeople record={record} />
      {record.shares.length > 0 && <GiveAccess record={record} records={records} />}
      {record.offers.length > 0 && <Offers offers={record.offers} />}
    </>
  );
}

function Offers({ offers }: { readonly offers: readonly StandingOffer[] }) {
  const w = useFamilyWords();
  const format = useFormat();
  const back = useFamilyChange(takeOfferBack, () => undefined);
  return (
    <Panel title={w.waiting} icon="clock">
      <ul>
        {offers.map(({ id, sections, expires }) => (
          <li key={id} className={styles.person}>
            <p className={styles.name}>{w.offered(sayParts(sections, format, w))}</p>
            <p className={styles.soft}>{w.offerUntil(format.dayAndTime(expires))}</p>
            <div className={styles.buttons}>
              <ActionButton busy={back.isPending} onClick={() => back.mutate(id)}>
                {w.takeBack}
              </ActionButton>
            </div>
          </li>
        ))}
      </ul>
      <Fault error={back.error} />
    </Panel>
  );
}

function Acting({ acting }: { readonly acting: readonly ActingFor[] }) {
  const w = useFamilyWords();
  return (
    <Panel title={w.acting} icon="people">
      {acting.length === 0 ? (
        <p>{w.actingNone}</p>
      ) : (
        <Rows>
          {acting.map((each) => (
            <ActingRow key={each.id} of={each} />
          ))}
        </Rows>
      )}
    </Panel>
  );
}

function ActingRow({ of }: { readonly of: ActingFor }) {
  const w = useFamilyWords();
  const format = useFormat();
  const patient = useQuery(chartPatient(of.chart));
  const ends = of.until === null ? w.noEnd : w.until(format.date(of.until));
  const details = [
    `${w.actingAs[of.role] ?? ''}, ${ends}`,
    w.sees(sayParts(of.sections, format, w)),
    ...(of.sensitiveUntil === null ? [] : [w.sensitiveUntil(format.date(of.sensitiveUntil))]),
  ];
  return (
    <Row
      title={w.actingOf(patient.data === undefined ? '…' : sayName(patient.data.name))}
      detail={details.join(' · ')}
    />
  );
}

function TakeCode() {
  const w = useFamilyWords();
  const [code, setCode] = useState('');
  const [used, setUsed] = useState(false);
  const take = useFamilyChange(acceptOffer, () => {
    setUsed(true);
    setCode('');
  });
  return (
    <Panel title={w.haveCode} icon="open">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setUsed(false);
          if (code.trim() !== '') take.mutate(code);
        }}
      >
        <Field label={w.code} hint={w.codeHint} value={code} onChange={setCode} required />
        <div className={styles.buttons}>
          <ActionButton type="submit" busy={take.isPending}>
            {w.useCode}
          </ActionButton>
        </div>
        {take.error !== null && (
          <p role="alert" className={styles.fault}>
            {w.codeWrong}
          </p>
        )}
        {used && <p role="status">{w.codeUsed}</p>}
      </form>
    </Panel>
  );
}
