/** The first page of a record: whose it is, what comes next, what is going on. */
import type { Patient } from '@medplum/fhirtypes';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  appointments,
  chartNumber,
  chartPatient,
  conceptText,
  conditions,
  givenName,
  isCurrent,
  isPresent,
  medications,
  medicineOf,
  onsetOf,
  sayName,
} from '../client/index.ts';
import {
  ageOn,
  Facts,
  Loaded,
  LoadedPages,
  Notice,
  Outline,
  PageHeading,
  Panel,
  Row,
  Rows,
  useFormat,
  useKitWords,
} from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import { overviewHeading } from './overview-heading.ts';
import styles from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import { isWhole } from './reach-of-chart.ts';

export function OverviewPage() {
  const w = usePortalWords();
  const chart = useChart();
  const patient = useQuery(chartPatient(chart));
  const session = useSession();
  return (
    <Loaded query={patient} lines={6}>
      {(data) => {
        const practice = session.practice?.name ?? '';
        const own = session.charts.some((each) => each.chart === chart && each.own);
        const shown = { own, whole: isWhole(session, chart), practice };
        const heading = overviewHeading(w, { ...shown, name: sayName(data.name), given: givenName(data) });
        return (
          <>
            <PageHeading {...heading} tab={w.pages.overview} within={practice} />
            <div className={styles.grid}>
              <NextAppointment />
              <Conditions />
              <Medications />
              <About patient={data} />
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

/** The same before anything is known but whose record it is. */
export function OverviewOutline({ title, lead }: { readonly title: string; readonly lead: string }) {
  const w = usePortalWords();
  const panels = [
    [w.next, 'calendar', 2],
    [w.conditions, 'health', 3],
    [w.medications, 'pill', 3],
    [w.about, 'person', 7],
  ] as const;
  return (
    <>
      <PageHeading title={title} lead={lead} within="" />
      <div className={styles.grid}>
        {panels.map(([name, icon, lines]) => (
          <Panel key={icon} title={name} icon={icon}>
            <Outline lines={lines} />
          </Panel>
        ))}
      </div>
    </>
  );
}

function NextAppointment() {
  const w = usePortalWords();
  const format = useFormat();
  const today = new Date().toISOString().slice(0, 10);
  const query = useInfiniteQuery(appointments(useChart(), today));
  return (
    <Panel title={w.next} icon="calendar">
      <LoadedPages query={query} lines={2}>
        {(found) => {
          const next = found.find(
            ({ status, start }) => ['booked', 'arrived', 'pending'].includes(status) && start !== undefined,
          );
          if (next === undefined) {
            return (
              <Notice icon="calendar" title={w.noNext}>
                {w.noNextText}
              </Notice>
            );
          }
          const who = next.participant.find(({ actor }) => actor?.reference?.startsWith('Practitioner/'));
          return (
            <div className={styles.next}>
              <p className={styles.when}>{format.dayAndTime(next.start!)}</p>
              <p>{next.description ?? conceptText(next.appointmentType)}</p>
              {who?.actor?.display !== undefined && (
                <p className={styles.soft}>{w.with(who.actor.display)}</p>
              )}
            </div>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

function SeeAll() {
  const w = usePortalWords();
  return (
    <Link to="/$chart/health" params={{ chart: useChart() }} className={styles.more}>
      {w.seeAll}
    </Link>
  );
}

function Conditions() {
  const w = usePortalWords();
  const format = useFormat();
  const query = useInfiniteQuery(conditions(useChart()));
  return (
    <Panel title={w.conditions} icon="health" aside={<SeeAll />}>
      <LoadedPages query={query}>
        {(found) => {
          const present = found.filter(isPresent);
          if (present.length === 0) return <Notice icon="health" title={w.noConditions} />;
          return (
            <Rows>
              {present.slice(0, 5).map((each) => {
                const onset = onsetOf(each);
                return (
                  <Row
                    key={each.id}
                    title={conceptText(each.code)}
                    {...(onset === undefined ? {} : { detail: w.since(format.date(onset)) })}
                  />
                );
              })}
            </Rows>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

function Medications() {
  const w = usePortalWords();
  const query = useInfiniteQuery(medications(useChart()));
  return (
    <Panel title={w.medications} icon="pill" aside={<SeeAll />}>
      <LoadedPages query={query}>
        {(found, included) => {
          const current = found.filter(isCurrent);
          if (current.length === 0) return <Notice icon="pill" title={w.noCurrentMedications} />;
          return (
            <Rows>
              {current.slice(0, 5).map((each) => (
                <Row
                  key={each.id}
                  title={medicineOf(each, included)}
                  detail={each.dosageInstruction?.[0]?.text}
                />
              ))}
            </Rows>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

function About({ patient }: { readonly patient: Patient }) {
  const w = usePortalWords();
  const k = useKitWords();
  const format = useFormat();
  const { birthDate, gender, telecom, address } = patient;
  const age = birthDate === undefined ? null : ageOn(birthDate, new Date());
  const born = birthDate === undefined ? w.notRecorded : format.date(birthDate);
  const reached = (system: string) => telecom?.find((each) => each.system === system)?.value ?? w.notRecorded;
  const home = address?.[0];
  const lines = [
    ...(home?.line ?? []),
    [home?.city, home?.state, home?.postalCode].filter(Boolean).join(' '),
  ];
  const genders: Readonly<Record<string, string>> = {
    male: k.male,
    female: k.female,
    other: k.otherGender,
  };
  return (
    <Panel title={w.about} icon="person">
      <Facts
        facts={[
          { name: w.name, value: sayName(patient.name) },
          { name: w.born, value: age === null ? born : `${born} (${k.years(age)})` },
          { name: w.gender, value: genders[gender ?? ''] ?? w.notRecorded },
          { name: w.number, value: chartNumber(patient) || w.notRecorded },
          { name: w.phone, value: reached('phone') },
          { name: w.email, value: reached('email') },
          { name: w.address, value: lines.filter(Boolean).join(', ') || w.notRecorded },
        ]}
      />
    </Panel>
  );
}
