/** Whose records the app may see: one's own, of those one acts for, or for staff of anybody who is found. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { chartPatient, patientList, sayName, soughtBy } from '../client/index.ts';
import { useFormat } from '../kit/index.ts';
import styles from './consent.module.css';
import { useConsentWords } from './consent-words.ts';

const MOST_SHOWN = 8;

export interface PatientChoiceProps {
  readonly patients: readonly { readonly chart: string; readonly own: boolean }[];
  /** The patient of the launch, of whom there is no choice. */
  readonly launched: string | null;
  readonly anyPatient: boolean;
  readonly chosen: string | null;
  readonly onChoose: (chart: string) => void;
}

export function PatientChoice({ patients, launched, anyPatient, chosen, onChoose }: PatientChoiceProps) {
  const w = useConsentWords();
  const [typed, setTyped] = useState('');
  if (launched !== null) return <Launched chart={launched} />;
  return (
    <fieldset className={styles.group}>
      <legend>{w.whose}</legend>
      {patients.map(({ chart, own }) => (
        <Known key={chart} chart={chart} own={own} isChosen={chart === chosen} onChoose={onChoose} />
      ))}
      {anyPatient && (
        <>
          <label className={styles.hint} htmlFor="sought">
            {w.find}: {w.findHint}
          </label>
          <input
            id="sought"
            type="search"
            className={styles.search}
            value={typed}
            autoComplete="off"
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          {typed.trim().length > 1 && <Found typed={typed} chosen={chosen} onChoose={onChoose} />}
        </>
      )}
    </fieldset>
  );
}

function Launched({ chart }: { readonly chart: string }) {
  const w = useConsentWords();
  const { data } = useQuery(chartPatient(chart));
  return <p className={styles.text}>{w.launched(data === undefined ? '…' : sayName(data.name))}</p>;
}

interface KnownProps {
  readonly chart: string;
  readonly own: boolean;
  readonly isChosen: boolean;
  readonly onChoose: (chart: string) => void;
}

function Known({ chart, own, isChosen, onChoose }: KnownProps) {
  const w = useConsentWords();
  const { data } = useQuery(chartPatient(chart));
  const name = data === undefined ? '…' : sayName(data.name);
  return (
    <Choice chart={chart} name={name} hint={own ? w.mine : ''} isChosen={isChosen} onChoose={onChoose} />
  );
}

function Found({
  typed,
  chosen,
  onChoose,
}: {
  readonly typed: string;
  readonly chosen: string | null;
  readonly onChoose: (chart: string) => void;
}) {
  const w = useConsentWords();
  const format = useFormat();
  const sought = soughtBy(typed);
  const query = useInfiniteQuery({ ...patientList(sought ?? {}), enabled: sought !== null });
  const found = query.data?.pages[0]?.found ?? [];
  if (query.data !== undefined && found.length === 0) return <p className={styles.hint}>{w.nobodyFound}</p>;
  return found
    .slice(0, MOST_SHOWN)
    .map((patient) => (
      <Choice
        key={patient.id}
        chart={patient.id ?? ''}
        name={sayName(patient.name)}
        hint={patient.birthDate === undefined ? '' : format.date(patient.birthDate)}
        isChosen={patient.id === chosen}
        onChoose={onChoose}
      />
    ));
}

interface ChoiceProps {
  readonly chart: string;
  readonly name: string;
  readonly hint: string;
  readonly isChosen: boolean;
  readonly onChoose: (chart: string) => void;
}

function Choice({ chart, name, hint, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className={styles.row}>
      <span>
        <span className={styles.name}>{name}</span>
        {hint !== '' && <span className={styles.hint}>{hint}</span>}
      </span>
      <input type="radio" name="patient" checked={isChosen} onChange={() => onChoose(chart)} />
    </label>
  );
}
