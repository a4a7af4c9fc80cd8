/**
 * What an export was asked to hold, in the form in which its job keeps it, and the questions that it puts to
 * the store (https://hl7.org/fhir/uv/bulkdata/STU2/export.html).
 */
import type { ChartId } from '../../base/ids.ts';
import {
  type ExportAsk,
  type FhirResource,
  parseSearch,
  type SearchPlan,
  type Subset,
  TYPES,
} from '../../chart/index.ts';
import type { ReachThen } from './export-right.ts';

/** JSON through and through: it is sealed into the job. */
export interface ExportOrder {
  /** The address that was asked, with its query; for POST without its parameters. */
  readonly request: string;
  /** When it was asked: the transaction time. ISO 8601, as the following two. */
  readonly at: string;
  readonly since: string | null;
  readonly until: string | null;
  /** Null for all that are in reach. */
  readonly charts: readonly ChartId[] | null;
  readonly types: readonly string[];
  readonly ownTypes: readonly string[];
  /** Searches by type; what passes any of a type's is asked. */
  readonly filters: readonly (readonly [type: string, query: string])[];
  /** `Patient.name`, or `name` of every type. */
  readonly elements: readonly string[];
  /** What whoever asked could read then. */
  readonly reach: ReachThen;
}

/**
 * Types of what the practice owns that records of patients refer to, and that name no patient: they go with
 * an export of charts, so that whoever gets it can tell who did what where.
 */
export const DIRECTORY_TYPES: readonly string[] = [
  'Endpoint',
  'HealthcareService',
  'Location',
  'Medication',
  'Organization',
  'OrganizationAffiliation',
  'Practitioner',
  'PractitionerRole',
  'Substance',
];

/** Types that charts hold; files only where they are named. */
export const CHART_TYPES: readonly string[] = [...TYPES.values()]
  .filter(({ owner }) => owner.kind !== 'practice')
  .map(({ name }) => name);

/** The questions of an order, from where a page before ended. */
export function askOf(order: ExportOrder, base: string): Omit<ExportAsk, 'cursor'> {
  const at = new Date(order.at);
  const tests = new Map<string, (resource: FhirResource) => boolean>();
  for (const [type, plans] of Map.groupBy(order.filters, ([type]) => type)) {
    const compiled = plans.map(([, query]) => planOf(type, query, at, base));
    tests.set(type, (resource) => compiled.some(({ matches }) => matches(resource)));
  }
  return {
    charts: order.charts,
    types: order.types,
    ownTypes: order.ownTypes,
    since: order.since === null ? null : new Date(order.since),
    until: order.until === null ? null : new Date(order.until),
    madeUntil: at,
    tests,
    subsets: subsetsOf(order),
  };
}

/** Throws `invalid` for a value that a parameter does not take. */
export function planOf(type: string, query: string, now: Date, base: string): SearchPlan {
  return parseSearch(type, new URLSearchParams(query), { now, ownBases: [base] });
}

function subsetsOf({ elements, types, ownTypes }: ExportOrder): Map<string, Subset> {
  const subsets = new Map<string, Subset>();
  if (elements.length === 0) return subsets;
  for (const type of new Set([...types, ...ownTypes])) {
    const names = elements.flatMap((element) => {
      const [of, name] = element.includes('.') ? element.split('.', 2) : [type, element];
      return of === type ? [name!] : [];
    });
    if (names.length > 0) subsets.set(type, { kind: 'elements', names: new Set(names) });
  }
  return subsets;
}
