/**
 * What a FHIR deposit becomes in a chart: every resource in it under an id of ours, with its references, and
 * who brought it. What the deposit says of its patient changes nothing here: the chart has been chosen, and
 * the deposit's own Patient is not filed. Pure; everything is refused by `not-processable`.
 */
import { PosternError } from '../../base/errors.ts';
import { type AccountId, type ChartId, newId, type ResourceId } from '../../base/ids.ts';
import {
  type FhirResource,
  isObject,
  type NewResource,
  ownerOf,
  parseResource,
  TYPES,
  valuesAt,
} from '../../chart/index.ts';
import type { SourceEntry } from '../fhir/read-entries.ts';
import { rewriteReferences } from '../fhir/rewrite-references.ts';
import { traitsOf } from '../fhir/same-person.ts';
import { phaseOf, SourceIndex } from '../fhir/source-index.ts';
import { baseOf, relativeAddress, withoutVersion } from '../fhir/source-key.ts';
import type { DepositLine } from './deposit.ts';

export interface FilingOptions {
  readonly chartId: ChartId;
  readonly deposit: Pick<DepositLine, 'id' | 'partner'>;
  readonly filedBy: AccountId;
  readonly now: Date;
  readonly ownBases: readonly string[];
}

export interface FilingPlan {
  /** In the order in which they are written; the last is the Provenance of the others. */
  readonly resources: readonly NewResource[];
  /** The one Patient in the deposit, as it came; null where it only refers to one. */
  readonly patient: FhirResource | null;
  /** What the deposit calls its patient. */
  readonly patientId: string | null;
}

const MOST_ENTRIES = 500;
const FILE = 'deposit';

export function planFiling(content: Uint8Array, options: FilingOptions): FilingPlan {
  const entries = entriesOf(content);
  const patients = entries.filter(({ resource }) => resource.resourceType === 'Patient');
  if (patients.length > 1) throw refusal('It holds more than one patient.');
  const others = entries.filter(({ resource }) => resource.resourceType !== 'Patient');
  for (const { resource } of others) {
    if (!TYPES.has(resource.resourceType)) throw refusal('It holds a type that Postern does not keep.');
  }
  const base = `urn:uuid:${options.deposit.id}`;
  const index = indexOf(entries, base, options.chartId);
  const strangers = new Set<string>();
  const made = others.map((entry): NewResource => {
    const { id } = index.identify(entry);
    const context = { file: 0, base: baseOf(entry.fullUrl) };
    rewriteReferences(entry.resource, base, (reference) => {
      const known = index.resolve(reference, context);
      if (known !== null || !namesPatient(reference)) return known;
      strangers.add(nameOf(reference));
      return `Patient/${options.chartId}`;
    });
    return { id, resource: withOurMeta(entry.resource, id, base) };
  });
  if (strangers.size + patients.length > 1) throw refusal('It names more than one patient.');
  made.sort((a, b) => phaseOf(a.resource.resourceType) - phaseOf(b.resource.resourceType));
  const patient = patients[0]?.resource ?? null;
  const [stranger] = strangers;
  return {
    resources: [...made, provenanceOf(made, options)],
    patient,
    patientId: (patient === null ? stranger?.split('/').at(-1) : patient.id) ?? null,
  };
}

/** Refuses where the deposit's patient was born on another day than the chart's. */
export function refuseOtherPerson({ patient }: FilingPlan, chart: FhirResource): void {
  const [theirs, ours] = [patient === null ? null : traitsOf(patient).birthDate, traitsOf(chart).birthDate];
  if (theirs === null || ours === null || theirs === ours) return;
  throw refusal('Its patient was born on another day than the one whose chart this is.');
}

/** The Patient in a deposit; null where there is none, more than one, or no FHIR at all. */
export function patientIn(content: Uint8Array): FhirResource | null {
  try {
    const found = entriesOf(content).filter(({ resource }) => resource.resourceType === 'Patient');
    return found.length === 1 ? found[0]!.resource : null;
  } catch (error) {
    if (error instanceof PosternError) return null;
    throw error;
  }
}

/** A resource alone, or those of a bundle. What a bundle asks to be done with them is not done. */
function entriesOf(content: Uint8Array): SourceEntry[] {
  const whole = parsed(content);
  if (whole.resourceType !== 'Bundle') return [entryOf(whole, null, 0)];
  const items = valuesAt(whole, 'entry');
  if (items.length === 0) throw refusal('The bundle is empty.');
  if (items.length > MOST_ENTRIES) throw refusal(`The bundle has more than ${MOST_ENTRIES} entries.`);
  return items.map((item, at) => {
    const resource = isObject(item) ? item.resource : null;
    if (!isObject(resource) || typeof resource.resourceType !== 'string') {
      throw refusal('An entry of the bundle holds no resource.', [`Bundle.entry[${at}]`]);
    }
    const { fullUrl } = item as { fullUrl?: unknown };
    return entryOf(resource as FhirResource, typeof fullUrl === 'string' ? fullUrl : null, at);
  });
}

function parsed(content: Uint8Array): FhirResource {
  try {
    return parseResource(content);
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    throw refusal('The deposit is no FHIR in JSON.');
  }
}

function entryOf(resource: FhirResource, fullUrl: string | null, index: number): SourceEntry {
  return { file: FILE, path: `entry[${index}]`, index, resource, fullUrl, ifNoneExist: null, updates: null };
}

/** Every name in the deposit and the new id behind it; its Patient is the chart. */
function indexOf(entries: readonly SourceEntry[], base: string, chartId: ChartId): SourceIndex {
  const ids = new Map<string, ResourceId>();
  const index = new SourceIndex(base, (type, key) => {
    if (type === 'Patient') return chartId as string as ResourceId;
    const known = ids.get(`${type} ${key}`) ?? newId<ResourceId>();
    ids.set(`${type} ${key}`, known);
    return known;
  });
  for (const entry of entries) index.add(entry, 0);
  if (index.repeated.size > 0) throw refusal('It holds the same resource twice.');
  return index;
}

const NAMES_PATIENT = /(?:^|\/)Patient(?:\/|\?)/;

function namesPatient(reference: string): boolean {
  return !reference.startsWith('urn:') && NAMES_PATIENT.test(reference);
}

function nameOf(reference: string): string {
  return relativeAddress(reference) ?? withoutVersion(reference);
}

/** Version and time are ours to give; where it came from stays with it. */
function withOurMeta(resource: FhirResource, id: ResourceId, source: string): FhirResource {
  const meta: unknown = resource.meta ?? {};
  if (!isObject(meta)) return { ...resource, id };
  const { versionId: _version, lastUpdated: _time, ...kept } = meta;
  return { ...resource, id, meta: { ...kept, source: meta.source ?? source } } as FhirResource;
}

/** Who brought it and who filed it (https://hl7.org/fhir/R4/provenance.html), in the same chart. */
function provenanceOf(made: readonly NewResource[], options: FilingOptions): NewResource {
  const { deposit, filedBy, now, ownBases } = options;
  const inChart = made.filter(({ resource }) => ownerOf(resource, { ownBases }).kind === 'chart');
  if (inChart.length === 0) throw refusal('Nothing in it belongs to a patient.');
  const id = newId<ResourceId>();
  const resource = {
    resourceType: 'Provenance',
    id,
    target: inChart.map((one) => ({ reference: `${one.resource.resourceType}/${one.id}` })),
    recorded: now.toISOString(),
    agent: [agent('informant', deposit.partner), agent('enterer', filedBy)],
    entity: [{ role: 'source', what: { identifier: urn(deposit.id) } }],
  };
  return { id, resource: resource as FhirResource };
}

const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

function agent(code: string, account: AccountId): object {
  return { type: { coding: [{ system: PARTICIPANT, code }] }, who: { identifier: urn(account) } };
}

function urn(id: string): object {
  return { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${id}` };
}

function refusal(message: string, expression: readonly string[] = []): PosternError {
  return new PosternError('not-processable', message, { expression });
}
