/** What the app wants, with a switch for each kind of record. */
import { type FormEvent, useState } from 'react';
import type { AppAnswer, AppQuestion } from '../client/index.ts';
import { ActionButton, useKitWords } from '../kit/index.ts';
import styles from './consent.module.css';
import { useConsentWords } from './consent-words.ts';
import { PatientChoice } from './patient-choice.tsx';

export interface ConsentFormProps {
  readonly question: AppQuestion;
  readonly busy: boolean;
  readonly onAnswer: (answer: AppAnswer) => void;
}

export function ConsentForm({ question, busy, onAnswer }: ConsentFormProps) {
  const w = useConsentWords();
  const { client, wanted, stays, patients, anyPatient, patient: launched } = question;
  const [on, setOn] = useState(() => new Set(wanted.map(({ category }) => category)));
  const [writes, setWrites] = useState(true);
  const [sensitive, setSensitive] = useState(false);
  const [days, setDays] = useState(90);
  const [patient, setPatient] = useState<string | null>(
    launched ?? (patients?.length === 1 && !anyPatient ? patients[0]!.chart : null),
  );
  const [fault, setFault] = useState<string | null>(null);
  const asksPatient = patients !== null;
  const asksWrites = wanted.some((each) => each.writes);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (asksPatient && patient === null) return setFault(w.someone);
    if (wanted.length > 0 && on.size === 0) return setFault(w.something);
    onAnswer({
      allow: true,
      categories: [...on],
      writes: asksWrites && writes,
      sensitive,
      ...(patient === null ? {} : { patient }),
      ...(stays === 'offline' ? { days } : {}),
    });
  };
  const turn = (category: string) => {
    const next = new Set(on);
    if (!next.delete(category)) next.add(category);
    setOn(next);
    setFault(null);
  };
  return (
    <form onSubmit={submit}>
      {(asksPatient || launched !== null) && (
        <PatientChoice
          patients={patients ?? []}
          launched={launched}
          anyPatient={anyPatient}
          chosen={patient}
          onChoose={(chart) => {
            setPatient(chart);
            setFault(null);
          }}
        />
      )}
      {wanted.length > 0 && (
        <Kinds
          question={question}
          on={on}
          onTurn={turn}
          sensitive={[sensitive, setSensitive]}
          writes={[writes, setWrites]}
        />
      )}
      {stays === 'offline' ? (
        <Days days={days} onDays={setDays} without={question.staysWithout} />
      ) : (
        <p className={styles.text}>{w[stays]}</p>
      )}
      {question.identity && <p className={styles.text}>{w.identity}</p>}
      <p className={styles.text}>{w.back(client.returnsTo)}</p>
      {fault !== null && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      <div className={styles.buttons}>
        <ActionButton weight="main" type="submit" wide busy={busy}>
          {w.yes(client.name)}
        </ActionButton>
        <ActionButton wide busy={busy} onClick={() => onAnswer({ allow: false })}>
          {w.no}
        </ActionButton>
      </div>
    </form>
  );
}

type Held = readonly [boolean, (value: boolean) => void];

interface KindsProps {
  readonly question: AppQuestion;
  readonly on: ReadonlySet<string>;
  readonly onTurn: (category: string) => void;
  readonly sensitive: Held;
  readonly writes: Held;
}

function Kinds({ question, on, onTurn, sensitive, writes }: KindsProps) {
  const w = useConsentWords();
  const k = useKitWords();
  const [isSensitive, setSensitive] = sensitive;
  const [isWriting, setWriting] = writes;
  return (
    <fieldset className={styles.group}>
      <legend>{w.what}</legend>
      {question.wanted.map(({ category }) => {
        const [name, hint] = k.recordKinds[category] ?? [category, ''];
        return (
          <Switch
            key={category}
            name={name}
            hint={hint}
            isOn={on.has(category)}
            onTurn={() => onTurn(category)}
          />
        );
      })}
      <Switch
        name={w.protectedToo}
        hint={w.protectedHint}
        isOn={isSensitive}
        onTurn={() => setSensitive(!isSensitive)}
      />
      {question.wanted.some((each) => each.writes) && (
        <Switch
          name={w.changes}
          hint={w.changesHint}
          isOn={isWriting}
          onTurn={() => setWriting(!isWriting)}
        />
      )}
    </fieldset>
  );
}

interface SwitchProps {
  readonly name: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly onTurn: () => void;
}

function Switch({ name, hint, isOn, onTurn }: SwitchProps) {
  return (
    <label className={styles.row}>
      <span>
        <span className={styles.name}>{name}</span>
        <span className={styles.hint}>{hint}</span>
      </span>
      <input type="checkbox" checked={isOn} onChange={onTurn} />
    </label>
  );
}

interface DaysProps {
  readonly days: number;
  readonly onDays: (days: number) => void;
  readonly without: AppQuestion['staysWithout'];
}

function Days({ days, onDays, without }: DaysProps) {
  const w = useConsentWords();
  const choices = [
    [0, without === 'session' ? w.whileHere : w.oneHour],
    [1, w.day],
    [30, w.month],
    [90, w.quarter],
    [365, w.year],
  ] as const;
  return (
    <div className={styles.group}>
      <label className={styles.label} htmlFor="days">
        {w.howLong}
      </label>
      <select
        id="days"
        aria-describedby="days-hint"
        className={styles.select}
        value={days}
        onChange={({ currentTarget }) => onDays(Number(currentTarget.value))}
      >
        {choices.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
      <span className={styles.hint} id="days-hint">
        {days === 0 ? w.notStaying : w.staying}
      </span>
    </div>
  );
}
