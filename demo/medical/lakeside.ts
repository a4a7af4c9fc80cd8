/** Lakeside Family & Mental Health, put together: house, staff, families, and a chart for each patient. */
import { Agenda } from '../agenda.ts';
import { type InsurancePlan, insure } from '../billing.ts';
import type { Calendar } from '../calendar.ts';
import { writeCanary } from '../canary.ts';
import { ChartPen, ResourceBook } from '../chart-pen.ts';
import type { DemoPractice } from '../demo-practice.ts';
import { writeThread } from '../messages.ts';
import { keyOf, Registrar, type Resident } from '../people/household.ts';
import { type HouseSpec, openHouse, type StaffSpec, staffName } from '../people/staff.ts';
import { LAKESIDE_SLUG as SLUG } from '../slugs.ts';
import { writeGeneralCare } from './general-care.ts';
import { writeInsuranceCard, writeLetter } from './letters.ts';
import { MEDICAL_HOUSEHOLDS, type MedicalProfile } from './roster.ts';
import { writeSensitiveCare } from './sensitive-care.ts';
import { MEDICAL_THREADS } from './threads.ts';
import type { Clinician, MedicalContext } from './visit-context.ts';

const NAME = 'Lakeside Family & Mental Health';

const FARROKHZAD: StaffSpec = { given: 'Cyrus', family: 'Farrokhzad', role: 'owner', gender: 'male' };
const ADEYEMI: StaffSpec = {
  given: 'Ngozi',
  family: 'Adeyemi',
  prefix: 'Dr.',
  suffix: 'MD',
  role: 'doctor',
  specialty: 'Family medicine',
  gender: 'female',
};
const LUND: StaffSpec = {
  given: 'Henrik',
  family: 'Lund',
  prefix: 'Dr.',
  suffix: 'MD',
  role: 'doctor',
  specialty: 'Family medicine',
  gender: 'male',
};
const ROSENTHAL: StaffSpec = {
  given: 'Shira',
  family: 'Rosenthal',
  prefix: 'Dr.',
  suffix: 'MD',
  role: 'psychiatrist',
  specialty: 'Psychiatry and psychotherapy',
  gender: 'female',
};
const DUARTE: StaffSpec = {
  given: 'Camille',
  family: 'Duarte',
  suffix: 'RN',
  role: 'nurse',
  specialty: 'Nursing',
  gender: 'female',
};
const WHITLOCK: StaffSpec = { given: 'Percy', family: 'Whitlock', role: 'front-desk', gender: 'male' };
const MBEKI: StaffSpec = { given: 'Joanna', family: 'Mbeki', role: 'privacy-officer', gender: 'female' };

const PLANS: Readonly<Record<NonNullable<MedicalProfile['insurer']>, InsurancePlan>> = {
  'great-lakes': { insurer: 'great-lakes', plan: 'Great Lakes Health Silver', share: 0.85 },
  'union-trades': { insurer: 'union-trades', plan: 'Union Trades Family Plan', share: 0.9 },
  'state-assistance': { insurer: 'state-assistance', plan: 'State Medical Assistance', share: 1 },
};

const HOUSE = {
  slug: SLUG,
  name: NAME,
  street: '12 Promenade',
  town: 'Mill Harbor',
  postalCode: '53993',
  phone: '(920) 555-0190',
  rooms: ['Room A', 'Room B', 'Quiet room'],
  partners: [
    { key: 'great-lakes', name: 'Great Lakes Health Cooperative', type: 'ins' },
    { key: 'union-trades', name: 'Union Trades Benefit Fund', type: 'ins' },
    { key: 'state-assistance', name: 'State Medical Assistance', type: 'ins' },
    {
      key: 'laboratory',
      name: 'Northern Lakes Laboratory',
      type: 'prov',
      email: 'results@northern-lakes.example',
    },
  ],
} as const satisfies HouseSpec;

function clinician(spec: StaffSpec, room: string): Clinician {
  return { key: keyOf(spec.given, spec.family), name: staffName(spec), room };
}

const DOCTORS = { adeyemi: clinician(ADEYEMI, 'room-1'), lund: clinician(LUND, 'room-2') };
const PSYCHIATRIST = clinician(ROSENTHAL, 'room-3');
const NURSE = keyOf(DUARTE.given, DUARTE.family);
const FRONT_DESK = keyOf(WHITLOCK.given, WHITLOCK.family);

export function openLakeside(calendar: Calendar): DemoPractice {
  const book = new ResourceBook();
  const agenda = new Agenda(calendar);
  const staff = openHouse(book, HOUSE, [FARROKHZAD, ADEYEMI, LUND, ROSENTHAL, DUARTE, WHITLOCK, MBEKI]);
  const registrar = new Registrar<MedicalProfile>({ book, calendar, slug: SLUG, chartPrefix: 'LF' }, 100);
  for (const household of MEDICAL_HOUSEHOLDS) {
    registrar.settle(household, (profile) => DOCTORS[profile.doctor].key);
  }
  const fill = () => {
    registrar.residents.forEach((resident, index) => {
      fillChart(book, agenda, calendar, resident, index);
    });
    for (const thread of MEDICAL_THREADS) {
      const resident = registrar.residents.find(({ key }) => key === thread.chart);
      if (!resident) throw new Error(`No chart ${thread.chart} for a thread`);
      writeThread(new ChartPen(book, thread.chart, calendar, resident.random.fork('thread')), thread);
    }
    writeCanary(book, calendar, SLUG, DOCTORS.adeyemi.key);
  };
  return {
    slug: SLUG,
    name: NAME,
    kind: 'medical',
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
  resident: Resident<MedicalProfile>,
  index: number,
): void {
  const { member, key, random } = resident;
  const pen = new ChartPen(book, key, calendar, random.fork('chart'));
  const plan = member.profile.insurer ? PLANS[member.profile.insurer] : null;
  const doctor = DOCTORS[member.profile.doctor];
  const desk = pen.as({ author: FRONT_DESK });
  const coverage = plan
    ? insure(desk, resident, plan, Math.min(1400, calendar.daysSince(resident.birthDate)))
    : null;
  const context: MedicalContext = {
    pen,
    agenda,
    resident,
    doctor,
    psychiatrist: PSYCHIATRIST,
    nurse: NURSE,
    frontDesk: FRONT_DESK,
    plan,
    coverage,
  };
  writeGeneralCare(context, index);
  writeSensitiveCare(context);
  writeLetter(pen, resident, doctor);
  if (plan && index % 4 === 0) writeInsuranceCard(pen, resident, plan.plan, FRONT_DESK);
}
