/** What every visit at Lakeside needs to know, and the parts that all visits share. */
import type { Coverage, Encounter } from '@medplum/fhirtypes';
import type { Section } from '../../src/base/section.ts';
import type { Agenda, Slot } from '../agenda.ts';
import { writeAppointment, writeEncounter } from '../appointments.ts';
import { bill, type InsurancePlan } from '../billing.ts';
import type { ChartPen, ReferenceTo } from '../chart-pen.ts';
import type { Resident } from '../people/household.ts';
import { concept } from '../terminology.ts';
import type { MedicalProfile } from './roster.ts';

export interface Clinician {
  key: string;
  name: string;
  room: string;
}

export interface MedicalContext {
  pen: ChartPen;
  agenda: Agenda;
  resident: Resident<MedicalProfile>;
  doctor: Clinician;
  psychiatrist: Clinician;
  nurse: string;
  frontDesk: string;
  plan: InsurancePlan | null;
  coverage: ReferenceTo<Coverage> | null;
}

export const VISIT_SERVICES = {
  'check-up': { text: 'Preventive visit', fee: 210, preventive: true },
  'follow-up': { text: 'Office visit, established patient', fee: 148, preventive: false },
  'short-illness': { text: 'Office visit, short', fee: 96, preventive: false },
  psychiatry: { text: 'Psychiatric visit', fee: 220, preventive: false },
} as const;

export type VisitService = keyof typeof VISIT_SERVICES;

export interface HeldVisit {
  day: number;
  minutes: number;
  clinician: Clinician;
  service: VisitService;
  /** Neutral words: whoever books appointments reads them. */
  description: string;
  /** ICD-10-CM code and display of what it was about, if anything. */
  reason: readonly [code: string, display: string] | null;
  isVirtual?: boolean;
  /** The author's choice for the encounter and the bill. */
  section?: Section;
}

/** Appointment, encounter and bill of a visit that took place. */
export function holdVisit(
  context: MedicalContext,
  visit: HeldVisit,
): { encounter: ReferenceTo<Encounter>; slot: Slot; at: string } {
  const { agenda, resident } = context;
  const pen = visit.section ? context.pen.as({ section: visit.section }) : context.pen;
  const { key, name, room } = visit.clinician;
  const slot = agenda.book(key, visit.day, visit.minutes, 8 * 60 + 10 * pen.random.int(0, 40));
  const appointment = writeAppointment(context.pen, agenda, {
    slot,
    practitioner: key,
    practitionerName: name,
    patientName: resident.name,
    room,
    status: 'fulfilled',
    description: visit.description,
    author: context.frontDesk,
  });
  const reason = visit.reason ? concept('icd10', visit.reason[0], visit.reason[1]) : null;
  const encounter = writeEncounter(pen, agenda, {
    slot,
    practitioner: key,
    appointment,
    type: VISIT_SERVICES[visit.service].text,
    ...(reason ? { reason } : {}),
    ...(visit.isVirtual ? { isVirtual: true } : {}),
  });
  if (slot.day > -420) {
    const { text, fee, preventive } = VISIT_SERVICES[visit.service];
    bill(pen.as({ author: context.frontDesk }), {
      day: slot.day,
      kind: 'professional',
      practitioner: key,
      encounter: encounter.reference,
      services: [{ service: concept('visitService', visit.service, text), fee, preventive }],
      diagnoses: reason ? [reason] : [],
      plan: context.plan,
      coverage: context.coverage,
    });
  }
  return { encounter, slot, at: agenda.startOf(slot) };
}

/** A visit that is still to come. */
export function bookAhead(
  context: MedicalContext,
  clinician: Clinician,
  day: number,
  description: string,
): void {
  const { pen, agenda, resident, frontDesk } = context;
  const slot = agenda.book(clinician.key, day, 30, 8 * 60 + 10 * pen.random.int(0, 36));
  writeAppointment(pen, agenda, {
    slot,
    practitioner: clinician.key,
    practitionerName: clinician.name,
    patientName: resident.name,
    room: clinician.room,
    status: pen.random.chance(0.12) ? 'pending' : 'booked',
    description,
    author: frontDesk,
  });
}
