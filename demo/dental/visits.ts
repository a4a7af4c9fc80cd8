/** Writes what happened at each visit and what is booked, from the plan of the timeline. */
import type { Coverage, Encounter, Procedure } from '@medplum/fhirtypes';
import type { Agenda, Slot } from '../agenda.ts';
import { writeAppointment, writeEncounter } from '../appointments.ts';
import { type BilledService, bill, type InsurancePlan } from '../billing.ts';
import type { ChartPen, ReferenceTo } from '../chart-pen.ts';
import { DOCUMENT_TYPES, writeNote } from '../documents.ts';
import { type ServiceKey, service, serviceConcept } from './fee-schedule.ts';
import { writeBitewings, writePeriapical } from './imaging.ts';
import type { Mouth } from './mouth.ts';
import { composeNote, type NoteContext } from './notes.ts';
import { writePeriodontalChart } from './periodontal-chart.ts';
import { surfaceConcepts, toothConcept, writtenTooth } from './teeth.ts';
import { minutesOf, type PlannedVisit } from './timeline.ts';

export interface VisitContext {
  pen: ChartPen;
  agenda: Agenda;
  mouth: Mouth;
  patientName: string;
  dentist: { key: string; name: string; room: string };
  hygienist: { key: string; name: string; room: string };
  frontDesk: string;
  billing: string;
  plan: InsurancePlan | null;
  coverage: ReferenceTo<Coverage> | null;
  note: Omit<NoteContext, 'periodontal' | 'signedBy'>;
  /** Whether films of the check-ups are drawn (they are the larger part of the demo's bytes). */
  isFilmed: boolean;
}

const LABELS: Readonly<Record<PlannedVisit['kind'], string>> = {
  'new-patient': 'New patient examination',
  recall: 'Check-up and cleaning',
  scaling: 'Scaling and root planing',
  maintenance: 'Periodontal maintenance',
  treatment: 'Treatment',
  emergency: 'Toothache',
};

const COMMENTS = [
  'Prefers a text the day before.',
  'Asked for the earliest slot of the morning.',
  'Brings a sibling along; book the family room if free.',
  'Will come by bus, may be five minutes late.',
];

function label(visit: PlannedVisit): string {
  const treatment = visit.treatments[0];
  if (visit.kind !== 'treatment' || !treatment) return LABELS[visit.kind];
  return `${service(treatment.service).text}, ${writtenTooth(treatment.tooth)}`;
}

function worker(context: VisitContext, visit: PlannedVisit): VisitContext['dentist'] {
  return visit.by === 'dentist' ? context.dentist : context.hygienist;
}

export function writeComingVisit(context: VisitContext, visit: PlannedVisit): void {
  const { pen, agenda } = context;
  const { key, name, room } = worker(context, visit);
  const slot = agenda.book(key, visit.day, minutesOf(visit), 8 * 60 + 10 * pen.random.int(0, 30));
  const comment = pen.random.chance(0.3) ? pen.random.pick(COMMENTS) : undefined;
  writeAppointment(pen, agenda, {
    slot,
    practitioner: key,
    practitionerName: name,
    patientName: context.patientName,
    room,
    status: pen.random.chance(0.12) ? 'pending' : 'booked',
    description: label(visit),
    ...(comment ? { comment } : {}),
    author: context.frontDesk,
  });
}

/** A visit that was missed or called off: only its appointment is left. */
function writeMissedVisit(context: VisitContext, visit: PlannedVisit): void {
  const { pen, agenda } = context;
  const { key, name, room } = worker(context, visit);
  const isNoShow = pen.random.chance(0.4);
  writeAppointment(pen, agenda, {
    slot: agenda.book(key, visit.day - 9, minutesOf(visit), 10 * 60),
    practitioner: key,
    practitionerName: name,
    patientName: context.patientName,
    room,
    status: isNoShow ? 'noshow' : 'cancelled',
    description: label(visit),
    comment: isNoShow ? 'Did not come; left a message.' : 'Called off the evening before, child with fever.',
    author: context.frontDesk,
  });
}

export function writePastVisit(context: VisitContext, visit: PlannedVisit, isLatest: boolean): void {
  const { pen, agenda, mouth } = context;
  const { key, name, room } = worker(context, visit);
  if (pen.random.chance(0.08)) writeMissedVisit(context, visit);
  const slot = agenda.book(key, visit.day, minutesOf(visit), 8 * 60 + 10 * pen.random.int(0, 36));
  const appointment = writeAppointment(pen, agenda, {
    slot,
    practitioner: key,
    practitionerName: name,
    patientName: context.patientName,
    room,
    status: 'fulfilled',
    description: label(visit),
    author: context.frontDesk,
  });
  const encounter = writeEncounter(pen, agenda, { slot, practitioner: key, appointment, type: label(visit) });
  const isProbed = isLatest && (mouth.boneLoss > 0.1 || pen.random.chance(0.3));
  const periodontal =
    isProbed && visit.by === 'hygienist' && context.note.ageYears > 17
      ? writePeriodontalChart(pen, mouth, {
          day: slot.day,
          hygienist: context.hygienist.key,
          encounter: encounter.reference,
          severity: mouth.boneLoss,
        })
      : null;
  writeNote(pen, {
    title: label(visit),
    type: DOCUMENT_TYPES.progressNote,
    text: composeNote(visit, { ...context.note, periodontal, signedBy: name }, isLatest),
    at: agenda.endOf(slot),
    practitioner: key,
    encounter: encounter.reference,
  });
  writeProcedures(context, visit, slot, encounter, key);
  writeFilms(context, visit, slot, encounter, key);
  billVisit(context, visit, slot, encounter);
}

const NOT_PROCEDURES: readonly ServiceKey[] = [
  'exam-comprehensive',
  'exam-periodic',
  'exam-problem',
  'bitewings',
  'periapical',
];

function writeProcedures(
  context: VisitContext,
  visit: PlannedVisit,
  slot: Slot,
  encounter: ReferenceTo<Encounter>,
  practitioner: string,
): void {
  const { pen, agenda } = context;
  const done = [
    ...visit.services.map((key) => ({ service: key, tooth: null, surfaces: '', reason: '' })),
    ...visit.treatments,
  ];
  for (const { service: key, tooth, surfaces, reason } of done) {
    if (NOT_PROCEDURES.includes(key)) continue;
    pen.write<Procedure>(
      {
        resourceType: 'Procedure',
        status: 'completed',
        code: serviceConcept(key),
        subject: pen.patient,
        encounter,
        performedDateTime: agenda.startOf(slot),
        performer: [{ actor: { reference: `Practitioner/${practitioner}` } }],
        ...(tooth === null ? {} : { bodySite: [toothConcept(tooth), ...surfaceConcepts(surfaces ?? '')] }),
        ...(reason === '' ? {} : { reasonCode: [{ text: reason }] }),
      },
      { author: practitioner },
    );
  }
}

function writeFilms(
  { pen, agenda, mouth, isFilmed }: VisitContext,
  visit: PlannedVisit,
  slot: Slot,
  encounter: ReferenceTo<Encounter>,
  practitioner: string,
): void {
  const film = { day: slot.day, at: agenda.startOf(slot), encounter: encounter.reference, practitioner };
  if (visit.services.includes('bitewings') && isFilmed && slot.day > -400) writeBitewings(pen, mouth, film);
  const tooth = visit.treatments[0]?.tooth;
  if (visit.services.includes('periapical') && tooth !== undefined) writePeriapical(pen, mouth, tooth, film);
}

function billVisit(
  context: VisitContext,
  visit: PlannedVisit,
  slot: Slot,
  encounter: ReferenceTo<Encounter>,
): void {
  const item = (key: ServiceKey): BilledService => {
    const { fee, preventive } = service(key);
    return { service: serviceConcept(key), fee, preventive: preventive === true };
  };
  const treated = visit.treatments.map(
    (treatment): BilledService => ({
      ...item(treatment.service),
      tooth: toothConcept(treatment.tooth),
      surfaces: surfaceConcepts(treatment.surfaces ?? ''),
    }),
  );
  bill(context.pen.as({ author: context.billing }), {
    day: slot.day,
    kind: 'oral',
    practitioner: context.dentist.key,
    encounter: encounter.reference,
    services: [...visit.services.map(item), ...treated],
    diagnoses: [],
    plan: context.plan,
    coverage: context.coverage,
  });
}
