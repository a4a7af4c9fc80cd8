/**
 * A summary of a record as one FHIR document (https://hl7.org/fhir/R4/documents.html): what a clinician who
 * has never seen the person needs, as far as whoever makes the link may pass it on. What is specially
 * protected is left out, and nothing says that it is there.
 */
import { notFound } from '../base/errors.ts';
import { type ChartId, newId } from '../base/ids.ts';
import type { ChartStore, Stored } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { boundScope, type LinkSource, mayGoOut, strictest, tooMuch } from './link-source.ts';

/** Sections of the summary, by LOINC, and the types that stand in each. */
const PARTS = [
  ['48765-2', 'Allergies', ['AllergyIntolerance']],
  ['10160-0', 'Medicines', ['MedicationStatement', 'MedicationRequest']],
  ['11450-4', 'Problems', ['Condition']],
  ['11369-6', 'Immunizations', ['Immunization']],
  ['47519-4', 'Procedures', ['Procedure']],
  ['46264-8', 'Devices', ['DeviceUseStatement']],
  ['30954-2', 'Results', ['Observation', 'DiagnosticReport']],
  ['18776-5', 'Plan of care', ['CarePlan']],
] as const;
const TYPES = ['Patient', ...PARTS.flatMap(([, , types]) => types)];
const PAGE = 500;
const MOST_RESOURCES = 5000;

export interface SummaryParts {
  readonly store: ChartStore;
  readonly publicUrl: string;
  readonly now: Date;
}

/** Throws not-found where nothing of the chart is the visit's to pass on. */
export async function summarySource(
  { store, publicUrl, now }: SummaryParts,
  visit: Visit,
  chartId: ChartId,
): Promise<LinkSource> {
  const scope = boundScope(visit.scope);
  const found: Stored[] = [];
  const related = new Map<string, Stored>();
  for (let cursor: string | null = null; ; ) {
    const page = await store.everything(visit, chartId, { count: PAGE, cursor, types: TYPES });
    if (page === null) throw notFound();
    for (const one of page.matches) {
      if (one.content !== null && mayGoOut(scope, one.content.origin.section, chartId)) found.push(one);
    }
    for (const one of page.related) related.set(one.id, one);
    if (found.length > MOST_RESOURCES) throw tooMuch();
    cursor = page.next;
    if (cursor === null) break;
  }
  const patient = found.find(({ type }) => type === 'Patient');
  if (patient === undefined) throw notFound();
  const ordered = [patient, ...found.filter((one) => one !== patient), ...related.values()];
  const head = headOf(publicUrl, now, chartId, found);
  return {
    section: strictest(found.map(({ content }) => content!.origin.section)),
    sources: found.map(({ type, id, version }) => ({ type, id, version })),
    bytes: ordered.reduce((sum, { content }) => sum + content!.bytes().length, head.length),
    content: async function* () {
      yield Buffer.from(head);
      for (const { type, id, content } of ordered) {
        yield Buffer.from(`,{"fullUrl":"${publicUrl}/fhir/${type}/${id}","resource":`);
        yield content!.bytes();
        yield CLOSE;
      }
      yield END;
    },
  };
}

const CLOSE = Buffer.from('}');
const END = Buffer.from(']}');

/** The bundle up to and with its Composition, which names what stands in it. */
function headOf(publicUrl: string, now: Date, chartId: ChartId, found: readonly Stored[]): string {
  const id = newId();
  const composition = {
    resourceType: 'Composition',
    id,
    status: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '60591-5', display: 'Patient summary Document' }] },
    subject: { reference: `Patient/${chartId}` },
    date: now.toISOString(),
    author: [{ display: 'Postern' }],
    title: 'Summary of a record',
    section: PARTS.flatMap(([code, title, types]) => {
      const named = found.filter(({ type }) => (types as readonly string[]).includes(type));
      if (named.length === 0) return [];
      const entry = named.map((one) => ({ reference: `${one.type}/${one.id}` }));
      return [{ title, code: { coding: [{ system: 'http://loinc.org', code }] }, entry }];
    }),
  };
  const bundle = {
    resourceType: 'Bundle',
    id: newId(),
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${newId()}` },
    type: 'document',
    timestamp: now.toISOString(),
    entry: [{ fullUrl: `${publicUrl}/fhir/Composition/${id}`, resource: composition }],
  };
  return JSON.stringify(bundle).slice(0, -END.length);
}
