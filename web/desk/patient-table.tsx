/** Patients as a table: dense, sorted by its headings; on a phone each row is a card. */
import type { Patient } from '@medplum/fhirtypes';
import { Link } from '@tanstack/react-router';
import { chartNumber, listName, type PatientOrder } from '../client/index.ts';
import { ageOn, Tag, useFormat, useKitWords } from '../kit/index.ts';
import { useDeskWords } from './desk-words.ts';
import { onListKey } from './list-keys.ts';
import styles from './patient-table.module.css';
import { useSex } from './patient-words.ts';

interface PatientTableProps {
  readonly patients: readonly Patient[];
  readonly sort: PatientOrder;
  readonly q: string;
}

export function PatientTable({ patients, sort, q }: PatientTableProps) {
  const w = useDeskWords();
  return (
    <table className={styles.table}>
      <caption className={styles.unseen}>{w.patients}</caption>
      <thead>
        <tr>
          <SortedHead by="name" sort={sort} q={q} />
          <SortedHead by="born" sort={sort} q={q} />
          <th scope="col">{w.age}</th>
          <th scope="col">{w.sex}</th>
          <th scope="col">{w.number}</th>
          <th scope="col">{w.phone}</th>
        </tr>
      </thead>
      <tbody>
        {patients.map((patient) => (
          <PatientRow key={patient.id} patient={patient} />
        ))}
      </tbody>
    </table>
  );
}

interface SortedHeadProps {
  readonly by: 'name' | 'born';
  readonly sort: PatientOrder;
  readonly q: string;
}

function SortedHead({ by, sort, q }: SortedHeadProps) {
  const w = useDeskWords();
  const isUp = sort === by;
  const isDown = sort === `-${by}`;
  const next: PatientOrder = isUp ? `-${by}` : by;
  const order = isUp ? 'ascending' : isDown ? 'descending' : 'none';
  return (
    <th scope="col" aria-sort={order}>
      <Link
        to="/patients"
        search={{ ...(q === '' ? {} : { q }), ...(next === 'name' ? {} : { sort: next }) }}
        replace
        className={styles.head}
        activeOptions={{ exact: true, includeSearch: true }}
      >
        {w[by]}
        <span className={styles.arrow} data-order={order} aria-hidden="true" />
      </Link>
    </th>
  );
}

function PatientRow({ patient }: { readonly patient: Patient }) {
  const w = useDeskWords();
  const k = useKitWords();
  const format = useFormat();
  const sex = useSex();
  const { id, birthDate, telecom } = patient;
  const age = birthDate === undefined ? null : ageOn(birthDate, new Date());
  return (
    <tr>
      <th scope="row" className={styles.name}>
        <Link
          to="/patients/$chart"
          params={{ chart: id! }}
          className={styles.open}
          data-row=""
          onKeyDown={onListKey}
        >
          {listName(patient.name) || w.notRecorded}
        </Link>
        <State patient={patient} />
      </th>
      <td className={styles.born}>{birthDate === undefined ? '' : format.shortDate(birthDate)}</td>
      <td className={styles.age}>{age === null ? '' : k.years(age)}</td>
      <td className={styles.sex}>{sex(patient.gender)}</td>
      <td className={styles.number}>{chartNumber(patient)}</td>
      <td className={styles.phone}>{telecom?.find(({ system }) => system === 'phone')?.value ?? ''}</td>
    </tr>
  );
}

/** A word where a chart is not that of somebody who comes. */
export function State({ patient }: { readonly patient: Patient }) {
  const w = useDeskWords();
  const format = useFormat();
  const { deceasedBoolean, deceasedDateTime, active } = patient;
  if (deceasedDateTime !== undefined) return <Tag>{w.diedOn(format.shortDate(deceasedDateTime))}</Tag>;
  if (deceasedBoolean === true) return <Tag>{w.died}</Tag>;
  return active === false ? <Tag>{w.inactive}</Tag> : null;
}
