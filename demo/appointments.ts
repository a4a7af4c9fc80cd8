/** Appointments and the encounters they become. */
import type { Appointment, CodeableConcept, Encounter } from '@medplum/fhirtypes';
import type { Agenda, Slot } from './agenda.ts';
import type { ChartPen, ReferenceTo } from './chart-pen.ts';
import { coding } from './terminology.ts';

export interface BookingSpec {
  slot: Slot;
  practitioner: string;
  practitionerName: string;
  patientName: string;
  room: string;
  status: Appointment['status'];
  /** What the visit is for, as the front desk writes it. */
  description: string;
  comment?: string;
  /** Key of whoever booked it. */
  author: string;
}

export function writeAppointment(pen: ChartPen, agenda: Agenda, spec: BookingSpec): ReferenceTo<Appointment> {
  const isOver = ['fulfilled', 'arrived', 'noshow'].includes(spec.status);
  const participantStatus = isOver || spec.status === 'booked' ? 'accepted' : 'needs-action';
  return pen.write<Appointment>(
    {
      resourceType: 'Appointment',
      status: spec.status,
      description: spec.description,
      start: agenda.startOf(spec.slot),
      end: agenda.endOf(spec.slot),
      minutesDuration: spec.slot.minutes,
      created: pen.calendar.instant(
        Math.min(spec.slot.day - pen.random.int(5, 40), -1),
        10,
        pen.random.int(0, 59),
      ),
      ...(spec.comment ? { comment: spec.comment } : {}),
      participant: [
        { actor: { ...pen.patient, display: spec.patientName }, status: participantStatus },
        {
          actor: { reference: `Practitioner/${spec.practitioner}`, display: spec.practitionerName },
          status: 'accepted',
        },
        { actor: { reference: `Location/${spec.room}` }, status: 'accepted' },
      ],
    },
    { author: spec.author },
  );
}

export interface EncounterSpec {
  slot: Slot;
  practitioner: string;
  appointment: ReferenceTo<Appointment>;
  type: string;
  reason?: CodeableConcept;
  isVirtual?: boolean;
}

export function writeEncounter(pen: ChartPen, agenda: Agenda, spec: EncounterSpec): ReferenceTo<Encounter> {
  return pen.write<Encounter>(
    {
      resourceType: 'Encounter',
      status: 'finished',
      class: spec.isVirtual ? coding('actCode', 'VR', 'virtual') : coding('actCode', 'AMB', 'ambulatory'),
      type: [{ text: spec.type }],
      subject: pen.patient,
      participant: [{ individual: { reference: `Practitioner/${spec.practitioner}` } }],
      appointment: [spec.appointment],
      period: { start: agenda.startOf(spec.slot), end: agenda.endOf(spec.slot) },
      ...(spec.reason ? { reasonCode: [spec.reason] } : {}),
      serviceProvider: { reference: 'Organization/practice' },
    },
    { author: spec.practitioner },
  );
}
