/** Messages between patients and the practice, as threads of Communications. */
import type { Communication } from '@medplum/fhirtypes';
import type { ChartPen, ReferenceTo } from './chart-pen.ts';

export interface Thread {
  /** Key of the chart that the thread belongs to. */
  chart: string;
  /** Key of the person who writes for the patient: the patient, or a proxy. */
  writer: string;
  /** Key of the staff member who answers. */
  staff: string;
  /** Days ago that the first message was sent. */
  daysAgo: number;
  subject: string;
  /** Turn and turn about, the patient's side first unless it begins with `staff:`. */
  turns: readonly string[];
}

export function writeThread(pen: ChartPen, thread: Thread): void {
  const isPatient = thread.writer === thread.chart;
  const outside = isPatient
    ? pen.patient
    : { reference: `RelatedPerson/${thread.writer}-for-${thread.chart}` };
  const inside = { reference: `Practitioner/${thread.staff}` };
  let previous: ReferenceTo<Communication> | null = null;
  let isFromStaff = thread.turns[0]?.startsWith('staff:') ?? false;
  let minute = pen.random.int(0, 240);
  for (const turn of thread.turns) {
    minute += pen.random.int(35, 150);
    const message: Communication = {
      resourceType: 'Communication',
      status: 'completed',
      subject: pen.patient,
      topic: { text: thread.subject },
      sent: pen.calendar.instant(-thread.daysAgo, 8, Math.min(minute, 900)),
      sender: isFromStaff ? inside : outside,
      recipient: [isFromStaff ? outside : inside],
      payload: [{ contentString: turn.replace('staff:', '').trim() }],
      ...(previous ? { inResponseTo: [previous] } : {}),
    };
    previous = pen.write<Communication>(message, { author: isFromStaff ? thread.staff : thread.writer });
    isFromStaff = !isFromStaff;
  }
}
