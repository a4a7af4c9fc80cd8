/**
 * Asking for an export: of the practice, of all patients, of one, or of the members of a Group
 * (https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-kick-off-request). Nothing is read yet but
 * what says whose charts are meant.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import type { Answer, RoutedRequest } from '../../base/exchange.ts';
import { type ChartId, parseId, type ResourceId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import { isObject, parseReference, readResource, valuesAt } from '../../chart/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { FhirContext, Interaction } from '../fhir-context.ts';
import { answerType } from '../media-type.ts';
import { preferenceOf } from '../preference.ts';
import type { ExportOrder } from './export-order.ts';
import { exportable, isBackend, reachOf } from './export-right.ts';
import { bulkAddress, EXPORT, KEPT_SECONDS } from './export-words.ts';
import { type Level, readKickOff } from './kick-off-parameters.ts';

/** Exports that a client, and a practice, may have at a time, finished ones included until they expire. */
const MOST_OWN = 20;
const MOST = 100;
const MOST_PATIENTS = 500;

export const exportSystem: Interaction = (context, request, visit) =>
  kickOff(context, request, visit, 'system');
export const exportPatients: Interaction = (context, request, visit) =>
  kickOff(context, request, visit, 'patient');
export const exportGroup: Interaction = (context, request, visit) =>
  kickOff(context, request, visit, 'group');

async function kickOff(
  context: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  level: Level,
): Promise<Answer> {
  const { store, gate, jobs, clock, base } = context;
  answerType(request);
  const { async, lenient } = preferenceOf(request);
  if (!async) throw new PosternError('invalid', 'An export is asked for with Prefer: respond-async.');
  const now = clock.now();
  const asked = await readKickOff(request, level, { lenient, now, base });
  const allowed = exportable(visit.scope);
  if (allowed?.length === 0) await refuse(context, visit, []);
  const charts = await chartsOf(context, request, visit, level, asked.patients);
  if (visit.scope.client === null) await gate.assertFresh(visit);
  const order: ExportOrder = {
    ...asked,
    request: addressOf(request, base),
    at: now.toISOString(),
    charts: within(allowed, charts),
    reach: reachOf(visit.scope),
  };
  const kept = { ttlSeconds: KEPT_SECONDS, mostOwn: MOST_OWN, most: MOST };
  const apart = isBackend(visit.scope);
  const id = await jobs.put(visit, { kind: EXPORT, payload: order, apart, ...kept });
  if (id === null) {
    const text = 'There are as many exports as may be kept. Remove one, or wait until one has expired.';
    throw new Refusal('throttled', text, { 'retry-after': '600' });
  }
  await store.note(visit, { action: 'export-start', entries: [[null, 'Export', id, null]] });
  return { status: 202, headers: { 'content-location': bulkAddress(base, id) }, body: null };
}

function addressOf({ path, query }: RoutedRequest, base: string): string {
  return `${base.replace(/\/fhir$/, '')}${path}${query === '' ? '' : `?${query}`}`;
}

/** Charts that are asked; null where that is all in reach. Not-found for any that is not the visit's. */
async function chartsOf(
  context: FhirContext,
  { params: { id } }: RoutedRequest,
  visit: Visit,
  level: Level,
  patients: readonly string[] | null,
): Promise<readonly ChartId[] | null> {
  const members =
    id === undefined
      ? null
      : level === 'group'
        ? await membersOf(context, visit, id)
        : await patient(context, visit, id);
  if (patients === null) return members;
  if (patients.length > MOST_PATIENTS) {
    throw new PosternError('invalid', `An export takes at most ${MOST_PATIENTS} patients by name.`);
  }
  const named: ChartId[] = [];
  for (const reference of patients) {
    const chart = patientIn(reference, context.base);
    if (chart === null)
      throw new PosternError('invalid', 'patient takes references to patients, as Patient/ID.');
    if (members !== null && !members.includes(chart)) await refuse(context, visit, [chart]);
    named.push(...(await patient(context, visit, chart)));
  }
  return named;
}

async function patient({ store }: FhirContext, visit: Visit, id: string): Promise<ChartId[]> {
  const stored = await store.read(visit, 'Patient', id);
  if (stored === null) throw notFound();
  if (stored.deleted) throw new PosternError('gone', 'This chart was deleted.');
  return [id as ChartId];
}

/** Patients whom the Group names and who are in it still; those out of reach fall away when they are read. */
async function membersOf({ store, base }: FhirContext, visit: Visit, id: string): Promise<ChartId[]> {
  const stored = await store.read(visit, 'Group', id);
  if (stored === null) throw notFound();
  if (stored.content === null) throw new PosternError('gone', 'This group was deleted.');
  const group = readResource(stored.content.bytes().toString());
  const charts = valuesAt(group, 'member').flatMap((member) => {
    if (!isObject(member) || member.inactive === true || !isObject(member.entity)) return [];
    const { reference } = member.entity;
    const chart = typeof reference === 'string' ? patientIn(reference, base) : null;
    return chart === null ? [] : [chart];
  });
  return [...new Set(charts)].sort();
}

function patientIn(reference: string, base: string): ChartId | null {
  const parsed = parseReference(reference, [base]);
  if (parsed.kind !== 'local' || parsed.type !== 'Patient') return null;
  return parseId<ResourceId>(parsed.id) as string | null as ChartId | null;
}

function within(
  allowed: readonly ChartId[] | null,
  charts: readonly ChartId[] | null,
): readonly ChartId[] | null {
  if (allowed === null) return charts;
  return charts === null ? allowed : charts.filter((chart) => allowed.includes(chart));
}

/** As what is not there: whoever may not export is told no more than that. */
async function refuse({ store }: FhirContext, visit: Visit, charts: readonly ChartId[]): Promise<never> {
  const named = charts.map((id) => ({ type: 'Patient', id }));
  if (named.length > 0) await store.noteRefusal(visit, 'export', named);
  else await store.note(visit, { action: 'export-start', entries: [], outcome: 'refused' });
  throw notFound();
}
