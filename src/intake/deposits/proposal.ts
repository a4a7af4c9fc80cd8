/**
 * Whose chart a deposit may belong to. Looked for under the reach of whoever opens it, never while it is
 * taken in: a partner's answer says nothing of who is a patient.
 */
import type { ChartId } from '../../base/ids.ts';
import {
  type ChartStore,
  type FhirResource,
  isObject,
  readResource,
  type Stored,
  valuesAt,
} from '../../chart/index.ts';
import type { Visit } from '../../gate/index.ts';
import { samePerson, traitsOf } from '../fhir/same-person.ts';
import { patientIn } from './filing-plan.ts';

export interface Proposal {
  readonly chartId: ChartId;
  readonly by: 'identifier' | 'name-and-birth-date';
}

/**
 * The one chart that has an identifier of the deposit's Patient (system and value), else the one of the same
 * name and day of birth; null where there is none, or more than one.
 */
export async function proposeChart(
  store: ChartStore,
  visit: Visit,
  content: Uint8Array,
): Promise<Proposal | null> {
  const patient = patientIn(content);
  if (patient === null) return null;
  const byIdentifier = await chartsByIdentifier(store, visit, patient);
  if (byIdentifier.size > 0) return only(byIdentifier, 'identifier');
  return only(await chartsByName(store, visit, patient), 'name-and-birth-date');
}

function only(charts: ReadonlySet<string>, by: Proposal['by']): Proposal | null {
  const [chartId] = charts;
  return charts.size === 1 ? { chartId: chartId as ChartId, by } : null;
}

const MOST_IDENTIFIERS = 10;

async function chartsByIdentifier(
  store: ChartStore,
  visit: Visit,
  patient: FhirResource,
): Promise<Set<string>> {
  const charts = new Set<string>();
  const identifiers = valuesAt(patient, 'identifier').filter(isObject).slice(0, MOST_IDENTIFIERS);
  for (const { system, value } of identifiers) {
    if (!isText(system) || !isText(value)) continue;
    const token = [system, value].map(escaped).join('|');
    const { matches } = await store.search(visit, 'Patient', query({ identifier: token, _count: '2' }));
    for (const match of matches) if (isSame(match, patient)) charts.add(match.id);
  }
  return charts;
}

async function chartsByName(store: ChartStore, visit: Visit, patient: FhirResource): Promise<Set<string>> {
  const [family] = valuesAt(patient, 'name.family').filter(isText);
  const [given] = valuesAt(patient, 'name.given').filter(isText);
  const { birthDate } = patient as { birthDate?: unknown };
  const whole = typeof birthDate === 'string' && /^\d{4}-\d\d-\d\d$/.test(birthDate);
  if (family === undefined || given === undefined || !whole) return new Set();
  const { matches } = await store.search(
    visit,
    'Patient',
    query({
      'family:exact': escaped(family),
      'given:exact': escaped(given),
      birthdate: birthDate,
      _count: '2',
    }),
  );
  return new Set(matches.map(({ id }) => id));
}

/** An identifier that two people share (of a family's policy) proposes nobody born on another day. */
function isSame({ content }: Stored, patient: FhirResource): boolean {
  if (content === null) return false;
  return samePerson(traitsOf(readResource(content.bytes().toString())), traitsOf(patient));
}

function query(parameters: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams(parameters);
}

/** As https://hl7.org/fhir/R4/search.html#escaping says. */
function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
