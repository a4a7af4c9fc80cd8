/** What pages ask about a chart: FHIR searches, each with the key under which the page keeps its answer. */
import type {
  AllergyIntolerance,
  Appointment,
  AuditEvent,
  Condition,
  DocumentReference,
  MedicationRequest,
  Observation,
  Patient,
  Resource,
} from '@medplum/fhirtypes';
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';
import { ask } from './ask.ts';
import { type FhirBundle, type Page, pageOf, parseFhir } from './fhir-json.ts';
import { sessionQuery } from './session.ts';

/** One page of a search. */
export async function search<T extends Resource>(
  type: string,
  query: string,
  signal: AbortSignal,
): Promise<Page<T>> {
  const text = await ask(`/fhir/${type}?${query}`, { signal });
  return pageOf(parseFhir(text) as FhirBundle<T>);
}

export function queryOf(parameters: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each]),
  );
  return new URLSearchParams(pairs).toString();
}

/** A search about one chart, page by page. */
export function ofChart<T extends Resource>(
  type: T['resourceType'],
  chart: string,
  parameters: Readonly<Record<string, string | readonly string[]>> = {},
) {
  const first = queryOf({ patient: chart, _count: '200', ...parameters });
  return infiniteQueryOptions({
    queryKey: ['chart', chart, type, first],
    queryFn: async ({ pageParam, signal, client }) => {
      const page = await search<T>(type, pageParam, signal);
      if (page.found.length === 0) await assertOpen(client, chart);
      return page;
    },
    initialPageParam: first,
    getNextPageParam: (page) => page.next,
  });
}

/** Without one of these throughout the practice, a chart is open where it is named. */
const OF_CHARTS = new Set(['administrative', 'clinical', 'financial', 'sensitive']);

/**
 * A search finds nothing, too, where access has ended since the page was opened. That must not look like a
 * record without allergies, so the server is asked what the session still reaches.
 */
async function assertOpen(client: QueryClient, chart: string): Promise<void> {
  // Whoever reads all charts is signed out when that ends.
  const known = client.getQueryData(sessionQuery.queryKey);
  if (known?.sections.some((each) => OF_CHARTS.has(each)) === true) return;
  const { sections, charts } = await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  if (sections.some((each) => OF_CHARTS.has(each)) || charts.some((each) => each.chart === chart)) return;
  void client.invalidateQueries({ queryKey: chartPatient(chart).queryKey });
  throw new ApiError('refused', 404);
}

export function chartPatient(chart: string) {
  return queryOptions({
    queryKey: ['chart', chart, 'Patient'],
    queryFn: async ({ signal }) => parseFhir(await ask(`/fhir/Patient/${chart}`, { signal })) as Patient,
  });
}

export function conditions(chart: string) {
  return ofChart<Condition>('Condition', chart);
}

export function allergies(chart: string) {
  return ofChart<AllergyIntolerance>('AllergyIntolerance', chart);
}

export function medications(chart: string) {
  const along = ['MedicationRequest:medication', 'MedicationRequest:requester'];
  return ofChart<MedicationRequest>('MedicationRequest', chart, { _include: along });
}

export function observations(chart: string) {
  return ofChart<Observation>('Observation', chart, { _sort: '-date' });
}

export function observation(id: string) {
  return queryOptions({
    queryKey: ['observation', id],
    queryFn: async ({ signal }) => parseFhir(await ask(`/fhir/Observation/${id}`, { signal })) as Observation,
  });
}

/** All measurements of what one observation measured; of one without a code there is nothing to ask. */
export function observationsLike(chart: string, { code }: Pick<Observation, 'code'>) {
  const coding = code.coding?.find((each) => each.code !== undefined);
  return {
    ...ofChart<Observation>('Observation', chart, {
      _sort: '-date',
      code: coding === undefined ? '' : [coding.system, coding.code].filter(Boolean).join('|'),
    }),
    enabled: coding !== undefined,
  };
}

export function documents(chart: string) {
  const along = 'DocumentReference:author';
  return ofChart<DocumentReference>('DocumentReference', chart, { _sort: '-date', _include: along });
}

/** From today on, the next one first. `today` as YYYY-MM-DD. */
export function appointments(chart: string, today: string) {
  return ofChart<Appointment>('Appointment', chart, { date: `ge${today}`, _sort: 'date', _count: '10' });
}

/** Who opened the chart, newest first. */
export function accessLog(chart: string) {
  return ofChart<AuditEvent>('AuditEvent', chart);
}
