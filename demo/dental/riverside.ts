/** Riverside Dental, put together: house, staff, families, and a chart for each patient. */
import { Agenda } from '../agenda.ts';
import { type InsurancePlan, insure } from '../billing.ts';
import type { Calendar } from '../calendar.ts';
import { writeCanary } from '../canary.ts';
import { ChartPen, ResourceBook } from '../chart-pen.ts';
import type { DemoPractice } from '../demo-practice.ts';
import { writeThread } from '../messages.ts';
import { keyOf, Registrar, type Resident } from '../people/household.ts';
import { type HouseSpec, openHouse, type StaffSpec, staffName } from '../people/staff.ts';
import { RIVERSIDE_SLUG as SLUG } from '../slugs.ts';
import { type ConsentSpec, writeConsent } from './consents.ts';
import { service } from './fee-schedule.ts';
import { writeFindings, writeTreatmentPlan } from './findings.ts';
import { writePhotoId } from './imaging.ts';
import { writeHistoryForm, writeMedicalHistory } from './medical-history.ts';
import { growMouth } from './mouth.ts';
import { CHILD_TALK, SMALL_TALK } from './note-phrases.ts';
import { DENTAL_HOUSEHOLDS, type DentalProfile } from './roster.ts';
import { toothName, writtenTooth } from './teeth.ts';
import { DENTAL_THREADS } from './threads.ts';
import { comingVisits, type PlannedVisit, pastVisits } from './timeline.ts';
import { type VisitContext, writeComingVisit, writePastVisit } from './visits.ts';

const NAME = 'Riverside Dental';

const IBARRA: StaffSpec = {
  given: 'Marisol',
  family: 'Ibarra',
  prefix: 'Dr.',
  suffix: 'DDS',
  role: 'dentist',
  specialty: 'General dentistry',
  gender: 'female',
};
const OKAFOR: StaffSpec = {
  given: 'Emeka',
  family: 'Okafor',
  prefix: 'Dr.',
  suffix: 'DMD',
  role: 'dentist',
  specialty: 'General dentistry and root canal treatment',
  gender: 'male',
};
const REYES: StaffSpec = {
  given: 'Tomasz',
  family: 'Reyes',
  suffix: 'RDH',
  role: 'hygienist',
  specialty: 'Dental hygiene',
  gender: 'male',
};
const HALLORAN: StaffSpec = { given: 'Wren', family: 'Halloran', role: 'front-desk', gender: 'other' };
const KRAUSE: StaffSpec = { given: 'Bettina', family: 'Krause', role: 'billing', gender: 'female' };
const LINDQVIST: StaffSpec = { given: 'Theodore', family: 'Lindqvist', role: 'owner', gender: 'male' };

const PLANS: Readonly<Record<NonNullable<DentalProfile['insurer']>, InsurancePlan>> = {
  'northern-pine': { insurer: 'northern-pine', plan: 'Northern Pine Dental Choice', share: 0.8 },
  'great-lakes-dental': { insurer: 'great-lakes-dental', plan: 'Great Lakes Dental 70', share: 0.7 },
  'state-dental': { insurer: 'state-dental', plan: 'State Dental Assistance', share: 1 },
};

const HOUSE = {
  slug: SLUG,
  name: NAME,
  street: '300 River Walk',
  town: 'Port Lindell',
  postalCode: '53992',
  phone: '(608) 555-0190',
  rooms: ['Chair 1', 'Chair 2', 'Hygiene room'],
  partners: [
    { key: 'northern-pine', name: 'Northern Pine Dental Plan', type: 'ins' },
    { key: 'great-lakes-dental', name: 'Great Lakes Health Cooperative, Dental', type: 'ins' },
    { key: 'state-dental', name: 'State Assistance, Dental', type: 'ins' },
    {
      key: 'dental-laboratory',
      name: 'Copper Creek Dental Laboratory',
      type: 'prov',
      email: 'cases@copper-creek.example',
    },
  ],
} as const satisfies HouseSpec;

function worker(spec: StaffSpec, room: string): VisitContext['dentist'] {
  return { key: keyOf(spec.given, spec.family), name: staffName(spec), room };
}

const DENTISTS = { ibarra: worker(IBARRA, 'room-1'), okafor: worker(OKAFOR, 'room-2') };
const HYGIENIST = worker(REYES, 'room-3');
const FRONT_DESK = keyOf(HALLORAN.given, HALLORAN.family);
const BILLING = keyOf(KRAUSE.given, KRAUSE.family);

export function openRiverside(calendar: Calendar): DemoPractice {
  const book = new ResourceBook();
  const agenda = new Agenda(calendar);
  const staff = openHouse(book, HOUSE, [LINDQVIST, IBARRA, OKAFOR, REYES, HALLORAN, KRAUSE]);
  writeHistoryForm(book);
  const registrar = new Registrar<DentalProfile>({ book, calendar, slug: SLUG, chartPrefix: 'RD' }, 0);
  for (const household of DENTAL_HOUSEHOLDS) {
    registrar.settle(household, (profile) => DENTISTS[profile.dentist].key);
  }
  const fill = () => {
    registrar.residents.forEach((resident, index) => {
      fillChart(book, agenda, calendar, resident, index);
    });
    for (const thread of DENTAL_THREADS) {
      const resident = registrar.residents.find(({ key }) => key === thread.chart);
      if (!resident) throw new Error(`No chart ${thread.chart} for a thread`);
      writeThread(new ChartPen(book, thread.chart, calendar, resident.random.fork('thread')), thread);
    }
    writeCanary(book, calendar, SLUG, DENTISTS.ibarra.key);
  };
  return {
    slug: SLUG,
    name: NAME,
    kind: 'dental',
    people: [...staff, ...registrar.people],
    get resources() {
      return book.filledBy(fill);
    },
  };
}

function fillChart(
  book: ResourceBook,
  agenda: Agenda,
  calendar: Calendar,
  resident: Resident<DentalProfile>,
  index: number,
): void {
  const { member, key, random } = resident;
  const { profile } = member;
  const pen = new ChartPen(book, key, calendar, random.fork('chart'));
  const mouth = growMouth(profile.mouth, member.age, random.fork('mouth'));
  const past = pastVisits(mouth, member.age, random.fork('timeline'));
  const firstDay = past[0]?.day ?? -30;
  const dentist = DENTISTS[profile.dentist];
  const plan = profile.insurer ? PLANS[profile.insurer] : null;
  const coverage = plan ? insure(pen.as({ author: FRONT_DESK }), resident, plan, -firstDay + 200) : null;
  const source = resident.guardian ?? `Patient/${key}`;
  const author = resident.guardian ? (source.split('/')[1]?.split('-for-')[0] ?? key) : key;
  const hasAccount = resident.guardian !== null || member.email !== 'none';
  writeMedicalHistory(pen, profile, {
    day: firstDay,
    dentist: dentist.key,
    source,
    author: hasAccount ? author : FRONT_DESK,
  });
  if (member.age >= 16) writePhotoId(pen, resident, firstDay, FRONT_DESK);
  writeConsents(pen, resident, past, source, dentist);
  const awaiting = writeFindings(pen, mouth, {
    practitioner: dentist.key,
    day: past.at(-1)?.day ?? firstDay,
  });
  writeTreatmentPlan(pen, mouth, awaiting, { practitioner: dentist.key, day: past.at(-1)?.day ?? firstDay });
  const context: VisitContext = {
    pen,
    agenda,
    mouth,
    patientName: resident.name,
    dentist,
    hygienist: HYGIENIST,
    frontDesk: FRONT_DESK,
    billing: BILLING,
    plan,
    coverage,
    note: {
      ageYears: member.age,
      history: profile,
      mouth,
      talk: random.fork('talk').sample(talkFor(member.age), 8),
      random: random.fork('notes'),
    },
    isFilmed: mouth.kind !== 'sound' && index % 5 < 2,
  };
  writeVisits(context, past, comingVisits(mouth, member.age, index, random.fork('coming')));
}

function talkFor(ageYears: number): readonly string[] {
  if (ageYears < 12) return CHILD_TALK;
  return SMALL_TALK.filter(([from, to]) => ageYears >= from && ageYears <= to).map(([, , told]) => told);
}

function writeVisits(
  context: VisitContext,
  past: readonly PlannedVisit[],
  coming: readonly PlannedVisit[],
): void {
  const lastCheckUp = past.findLast((visit) => visit.kind !== 'treatment' && visit.kind !== 'emergency');
  for (const visit of past) writePastVisit(context, visit, visit === lastCheckUp);
  for (const visit of coming) writeComingVisit(context, visit);
}

/** The privacy notice at the first visit, and a form for each treatment that cuts or removes. */
function writeConsents(
  pen: ChartPen,
  resident: Resident<DentalProfile>,
  past: readonly PlannedVisit[],
  source: string,
  dentist: VisitContext['dentist'],
): void {
  const guardian = resident.guardian ? `Parent of ${resident.name}` : resident.name;
  const base: Omit<ConsentSpec, 'kind' | 'day'> = {
    practice: `${NAME}, ${HOUSE.street}, ${HOUSE.town}`,
    patientName: resident.name,
    birthDate: resident.birthDate,
    chartNumber: resident.chartNumber,
    signedBy: guardian,
    signer: { reference: source },
    practitioner: dentist.key,
    practitionerName: dentist.name,
  };
  writeConsent(pen, { ...base, kind: 'privacy', day: past[0]?.day ?? -30 });
  for (const visit of past) {
    const treatment = visit.kind === 'treatment' ? visit.treatments[0] : undefined;
    if (!treatment || !/root-canal|implant-placement|crown-ceramic|pulpotomy/.test(treatment.service))
      continue;
    const where = `${writtenTooth(treatment.tooth)} (${toothName(treatment.tooth)})`;
    const what = `${service(treatment.service).text}, ${where}`;
    writeConsent(pen, {
      ...base,
      kind: 'treatment',
      treatment: what,
      tooth: treatment.tooth,
      day: visit.day,
    });
  }
}
