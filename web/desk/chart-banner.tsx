/** Whose chart it is, and what to beware of: it stays in sight while one reads on. */
import type { AllergyIntolerance, Patient } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { allergies, chartNumber, conceptText, isWithdrawn, sayName } from '../client/index.ts';
import { ageOn, Icon, Outline, useFormat, useHeading, useKitWords } from '../kit/index.ts';
import styles from './chart-banner.module.css';
import { type OpenSections, useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';
import { State } from './patient-table.tsx';
import { useSex } from './patient-words.ts';

export interface ChartBannerProps {
  readonly patient: Patient;
  readonly open: OpenSections;
}

export function ChartBanner({ patient, open }: ChartBannerProps) {
  const w = useDeskWords();
  const heading = useHeading(w.chart, useSession().practice?.name ?? '');
  return (
    <header className={styles.banner}>
      <div className={styles.who}>
        <Link to="/patients" className={styles.back} aria-label={w.backToPatients}>
          <Icon name="back" size={18} />
        </Link>
        <h1 ref={heading} tabIndex={-1}>
          {sayName(patient.name) || w.notRecorded}
        </h1>
        <State patient={patient} />
        <Identity patient={patient} />
      </div>
      {open.has('clinical') ? (
        <Allergies chart={patient.id!} />
      ) : (
        <p className={styles.closed}>
          <Icon name="lock" size={18} />
          {w.notOpenAllergies}
        </p>
      )}
    </header>
  );
}

/** What one asks for at the desk to be sure whom one has before oneself. */
function Identity({ patient }: { readonly patient: Patient }) {
  const w = useDeskWords();
  const k = useKitWords();
  const format = useFormat();
  const sex = useSex();
  const { birthDate } = patient;
  const age = birthDate === undefined ? null : ageOn(birthDate, new Date());
  const number = chartNumber(patient);
  const facts = [
    age === null ? '' : k.years(age),
    sex(patient.gender),
    birthDate === undefined ? '' : w.bornOn(format.shortDate(birthDate)),
    number === '' ? '' : w.numberIs(number),
  ].filter((fact) => fact !== '');
  return (
    <ul className={styles.facts}>
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  );
}

function Allergies({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const query = useInfiniteQuery(allergies(chart));
  if (query.isPending) return <Outline lines={1} />;
  if (query.data === undefined) {
    return (
      <p className={styles.alert} role="alert">
        <Icon name="alert" size={18} />
        {w.allergiesFailed}
      </p>
    );
  }
  const found = query.data.pages.flatMap((page) => page.found).filter(isActive);
  if (found.length === 0) {
    return (
      <p className={styles.calm}>
        <Icon name="allergy" size={18} />
        {w.noAllergies}
      </p>
    );
  }
  return (
    <section className={styles.alert} aria-label={w.allergies}>
      <Icon name="alert" size={18} />
      <strong>{w.allergies}</strong>
      <ul>
        {found.map((each) => (
          <li key={each.id}>
            <OneAllergy allergy={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function isActive({ clinicalStatus, verificationStatus }: AllergyIntolerance): boolean {
  const state = clinicalStatus?.coding?.[0]?.code ?? 'active';
  return state === 'active' && !isWithdrawn(verificationStatus);
}

function OneAllergy({ allergy }: { readonly allergy: AllergyIntolerance }) {
  const w = useDeskWords();
  const [reaction] = allergy.reaction ?? [];
  const what = conceptText(reaction?.manifestation[0]);
  const severity = w.severity[reaction?.severity ?? ''] ?? '';
  const risk = allergy.criticality === 'high' ? w.highRisk : '';
  const told = [what, severity, risk].filter((each) => each !== '').join(', ');
  return (
    <>
      <span className={styles.substance}>{conceptText(allergy.code)}</span>
      {told !== '' && ` (${told})`}
    </>
  );
}
