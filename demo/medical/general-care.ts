/** Family medicine in one chart: problems, prescriptions, yearly laboratory work, visits and notes. */
import type { Condition } from '@medplum/fhirtypes';
import { writeAllergy } from '../allergies.ts';
import type { ReferenceTo } from '../chart-pen.ts';
import { DOCUMENT_TYPES, writeNote } from '../documents.ts';
import { concept, hl7 } from '../terminology.ts';
import { SHORT_ILLNESSES } from './illnesses.ts';
import { writeImmunizations } from './immunizations.ts';
import type { PanelKey } from './lab-catalog.ts';
import { LabTrends } from './lab-trends.ts';
import { writePanel } from './labs.ts';
import { prescribe } from './medication-orders.ts';
import { problem } from './problems.ts';
import { SESSIONS } from './psychotherapy.ts';
import { bookAhead, holdVisit, type MedicalContext } from './visit-context.ts';
import { childNote, generalNote, newsFor } from './visit-notes.ts';
import { bodyOf, measure } from './vitals.ts';

/** How many days ago the practice first saw the patient. */
function knownFor({ resident, pen }: MedicalContext): number {
  const years = resident.member.profile.problems.length > 0 ? 3 : 2;
  const lived = pen.calendar.daysSince(resident.birthDate);
  return Math.min(years * 330 + resident.random.fork('known').int(20, 240), lived - 40);
}

function writeProblems(context: MedicalContext, firstDay: number): void {
  const { pen, resident, doctor } = context;
  const { profile } = resident.member;
  for (const key of profile.allergies) writeAllergy(pen, key, firstDay, doctor.key);
  profile.problems.forEach((key, index) => {
    const { code, display, text, medicines } = problem(key);
    const onset = key === 'pregnancy' ? -120 : firstDay - pen.random.int(10, 900) * (index + 1);
    const condition: ReferenceTo<Condition> = pen.write<Condition>(
      {
        resourceType: 'Condition',
        clinicalStatus: hl7('condition-clinical', 'active', 'Active'),
        verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
        category: [hl7('condition-category', 'problem-list-item', 'Problem List Item')],
        code: concept('icd10', code, display, text),
        subject: pen.patient,
        onsetDateTime: pen.calendar.date(onset),
        recordedDate: pen.calendar.date(Math.max(firstDay, onset)),
        recorder: { reference: `Practitioner/${doctor.key}` },
      },
      { author: doctor.key },
    );
    for (const medicine of medicines) {
      prescribe(pen, medicine, {
        day: -pen.random.int(20, 170),
        practitioner: doctor.key,
        reason: condition,
      });
    }
  });
}

/** Days of the check-ups and follow-ups, oldest first. */
function visitDays(context: MedicalContext, known: number): number[] {
  const { pen, resident } = context;
  const random = resident.random.fork('visits');
  const isIll = resident.member.profile.problems.length > 0;
  const lived = pen.calendar.daysSince(resident.birthDate);
  const days: number[] = [];
  for (let day = -known; day < -8; day += random.int(-20, 30)) {
    days.push(day);
    day += lived + day < 500 ? 130 : isIll && resident.member.age >= 18 ? 240 : 360;
  }
  return days;
}

export function writeGeneralCare(context: MedicalContext, index: number): void {
  const { pen, resident, doctor, nurse } = context;
  const { member, random } = resident;
  const known = knownFor(context);
  writeProblems(context, -known);
  writeImmunizations(pen, resident.birthDate, member.age, nurse, random.fork('immunizations'));
  const trends = new LabTrends(
    member.profile.problems,
    member.age,
    member.gender === 'female',
    random.fork('labs'),
  );
  const body = bodyOf(
    member.gender,
    member.profile.problems.includes('hypertension'),
    member.profile.isHeavy,
    random.fork('body'),
  );
  const news = newsFor(member.age, SESSIONS[resident.key] === undefined, random.fork('news'));
  visitDays(context, known).forEach((day, visit) => {
    if (member.age >= 18) drawLabs(context, trends, day, known, visit);
    writeCheckUp(context, { day, visit, trends, body, news: news[visit] ?? '' });
  });
  writeShortIllness(context);
  const isSoon = index % 3 === 1;
  if (isSoon || random.chance(0.6)) {
    const day = isSoon ? random.int(0, 5) : random.int(12, 190);
    bookAhead(context, doctor, day, member.age < 18 ? 'Check-up' : 'Follow-up visit');
  }
}

/** What is measured at every visit; the rest once a year. */
const FREQUENT: readonly PanelKey[] = ['a1c', 'tsh', 'ferritin'];

function drawLabs(
  context: MedicalContext,
  trends: LabTrends,
  day: number,
  known: number,
  visit: number,
): void {
  const { pen, resident, doctor } = context;
  const { problems } = resident.member.profile;
  const ordered: PanelKey[] = problems.flatMap((key) => problem(key).panels);
  const isYearly = visit % 2 === 0;
  if (isYearly && resident.member.age > 34) ordered.push('lipid', 'cbc');
  const panels = new Set(isYearly ? ordered : ordered.filter((key) => FREQUENT.includes(key)));
  const draw = {
    day: pen.calendar.workday(day - 5),
    elapsed: 1 + day / known,
    isMale: resident.member.gender === 'male',
    orderedBy: doctor.key,
  };
  for (const panel of panels) writePanel(pen, trends, panel, draw, { author: doctor.key });
}

interface CheckUp {
  day: number;
  visit: number;
  trends: LabTrends;
  body: ReturnType<typeof bodyOf>;
  news: string;
}

function writeCheckUp(context: MedicalContext, { day, visit, trends, body, news }: CheckUp): void {
  const { pen, resident, doctor } = context;
  const { member } = resident;
  const { problems } = member.profile;
  const isChild = member.age < 18;
  const ageThen = (pen.calendar.daysSince(resident.birthDate) + day) / 365.25;
  const main = problems[visit % Math.max(1, problems.length)];
  const about = main ? problem(main) : null;
  const isFollowUp = about !== null && !isChild;
  const { encounter, slot, at } = holdVisit(context, {
    day,
    minutes: 30,
    clinician: doctor,
    service: isFollowUp ? 'follow-up' : 'check-up',
    description: isFollowUp ? 'Follow-up visit' : 'Check-up',
    reason: isFollowUp
      ? [about.code, about.display]
      : isChild
        ? ['Z00.129', 'Encounter for routine child health examination without abnormal findings']
        : ['Z00.00', 'Encounter for general adult medical examination without abnormal findings'],
  });
  const nursed = pen.as({ author: context.nurse });
  const measured = measure(nursed, body, ageThen, at, encounter.reference);
  const spec = { problems, news, trends, measured, signedBy: doctor.name, visit };
  const random = resident.random.fork(`note-${visit}`);
  const companion = random.pick(resident.companions.length > 0 ? resident.companions : ['the family']);
  writeNote(pen, {
    title: isFollowUp ? 'Follow-up visit' : 'Check-up',
    type: DOCUMENT_TYPES.progressNote,
    text: isChild ? childNote(ageThen, spec, companion) : generalNote(spec, random),
    at: context.agenda.endOf(slot),
    practitioner: doctor.key,
    encounter: encounter.reference,
  });
}

function writeShortIllness(context: MedicalContext): void {
  const { pen, resident, doctor, agenda } = context;
  const random = resident.random.fork('illness');
  const fitting = SHORT_ILLNESSES.filter(
    ({ ages }) => resident.member.age >= ages[0] && resident.member.age <= ages[1],
  );
  if (fitting.length === 0 || !random.chance(0.65)) return;
  const illness = random.pick(fitting);
  const { encounter, slot } = holdVisit(context, {
    day: -random.int(25, Math.min(330, pen.calendar.daysSince(resident.birthDate) - 30)),
    minutes: 20,
    clinician: doctor,
    service: 'short-illness',
    description: illness.reason,
    reason: [illness.code, illness.display],
  });
  pen.write<Condition>(
    {
      resourceType: 'Condition',
      clinicalStatus: hl7('condition-clinical', 'resolved', 'Resolved'),
      verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
      category: [hl7('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis')],
      code: concept('icd10', illness.code, illness.display, illness.reason),
      subject: pen.patient,
      encounter,
      onsetDateTime: pen.calendar.date(slot.day - 2),
      abatementDateTime: pen.calendar.date(Math.min(slot.day + 12, -1)),
      recordedDate: pen.calendar.date(slot.day),
    },
    { author: doctor.key },
  );
  writeNote(pen, {
    title: illness.reason,
    type: DOCUMENT_TYPES.progressNote,
    text: `${illness.note}\n\n${doctor.name}`,
    at: agenda.endOf(slot),
    practitioner: doctor.key,
    encounter: encounter.reference,
  });
}
