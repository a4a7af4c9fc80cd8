/** What the desk asks about a chart beyond what the portal does, and of the access log of the practice. */
import type {
  Appointment,
  AuditEvent,
  Coverage,
  Encounter,
  Invoice,
  MedicationStatement,
  Observation,
  Procedure,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { ofChart, queryOf, search } from './chart-queries.ts';

/** Newest first. */
export function encounters(chart: string) {
  const along = 'Encounter:participant';
  return ofChart<Encounter>('Encounter', chart, { _sort: '-date', _count: '20', _include: along });
}

/** Newest first. */
export function procedures(chart: string) {
  return ofChart<Procedure>('Procedure', chart, { _sort: '-date' });
}

/** What was proposed and is not yet done. */
export function plannedTreatment(chart: string) {
  return ofChart<ServiceRequest>('ServiceRequest', chart, { status: 'active' });
}

/** What the patient says to take. */
export function statedMedications(chart: string) {
  return ofChart<MedicationStatement>('MedicationStatement', chart);
}

/** Measurements and laboratory values, enough of the newest for a look at where they go. */
export function recentResults(chart: string) {
  const elements =
    'code,category,status,effectiveDateTime,effectivePeriod,issued,valueQuantity,valueInteger,valueString,' +
    'valueCodeableConcept,component,interpretation,referenceRange';
  return ofChart<Observation>('Observation', chart, {
    category: 'laboratory,vital-signs',
    _sort: '-date',
    _count: '120',
    _elements: elements,
  });
}

/** Coming and past ones, the latest first. */
export function allAppointments(chart: string) {
  return ofChart<Appointment>('Appointment', chart, { _sort: '-date', _count: '20' });
}

export function coverages(chart: string) {
  return ofChart<Coverage>('Coverage', chart, { _include: 'Coverage:payor' });
}

/** Newest first. */
export function invoices(chart: string) {
  const elements = 'status,date,totalGross,totalNet,lineItem';
  return ofChart<Invoice>('Invoice', chart, { _sort: '-date', _count: '20', _elements: elements });
}

export interface LinesAsked {
  /** Days as YYYY-MM-DD, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The id of an account. */
  readonly by?: string | undefined;
  /** The id of a chart. */
  readonly chart?: string | undefined;
}

/** Lines of the access log of the practice, newest first, to whom they are open. */
export function accessLines({ from, to, by, chart }: LinesAsked) {
  const dates = [...(from === undefined ? [] : [`ge${from}`]), ...(to === undefined ? [] : [`le${to}`])];
  const first = queryOf({
    date: dates,
    ...(by === undefined ? {} : { agent: by }),
    ...(chart === undefined ? {} : { patient: chart }),
    _count: '50',
  });
  return infiniteQueryOptions({
    queryKey: ['lines', first],
    queryFn: ({ pageParam, signal }) => search<AuditEvent>('AuditEvent', pageParam, signal),
    initialPageParam: first,
    getNextPageParam: (page) => page.next,
    // Each look at the log is a line in it: the list is of the moment at which it was asked for.
    staleTime: 0,
  });
}
