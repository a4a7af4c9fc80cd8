/**
 * The parameters of a kick-off, by GET and by POST. What is not offered is refused, unless the client said
 * `Prefer: handling=lenient`: then it is left out
 * (https://hl7.org/fhir/uv/bulkdata/STU2/export.html#query-parameters).
 */
import { PosternError } from '../../base/errors.ts';
import { type RoutedRequest, readBody } from '../../base/exchange.ts';
import { isObject, parseResource, TYPES, valuesAt } from '../../chart/index.ts';
import { expectFhirJson } from '../media-type.ts';
import { CHART_TYPES, DIRECTORY_TYPES, planOf } from './export-order.ts';

export interface KickOff {
  readonly since: string | null;
  readonly until: string | null;
  readonly types: readonly string[];
  readonly ownTypes: readonly string[];
  readonly filters: readonly (readonly [type: string, query: string])[];
  readonly elements: readonly string[];
  /** References to patients; null where none was named. */
  readonly patients: readonly string[] | null;
}

export type Level = 'system' | 'patient' | 'group';

const PARAMETER_BYTES = 256 * 1024;
const MOST_FILTERS = 50;
const FORMATS = new Set([
  'application/fhir+ndjson',
  'application/fhir ndjson',
  'application/ndjson',
  'ndjson',
]);
const KNOWN = new Set([
  '_outputFormat',
  '_since',
  '_until',
  '_type',
  '_elements',
  '_typeFilter',
  'patient',
  '_format',
  '_pretty',
]);
/** Of a search, what shapes a page of results, and not which resources are meant. */
const NO_FILTER = /^_(sort|count|total|summary|elements|include|revinclude|cursor|contained|format)\b/;

/** Throws `invalid` with a sentence that says which parameter is at fault. */
export async function readKickOff(
  request: RoutedRequest,
  level: Level,
  { lenient, now, base }: { readonly lenient: boolean; readonly now: Date; readonly base: string },
): Promise<KickOff> {
  const given = [...new URLSearchParams(request.query), ...(await parametersOf(request))];
  const values = (name: string) =>
    given.filter(([one, value]) => one === name && value !== '').map(([, v]) => v);
  const refuse = (name: string, why: string) => {
    if (lenient) return;
    const text = `${why} Ask with Prefer: handling=lenient to have it left out.`;
    throw new PosternError('invalid', text, { expression: [`http.${name}`] });
  };
  if (given.some(([name]) => !KNOWN.has(name))) {
    refuse('unknown', 'The export has a parameter that this server does not offer.');
  }
  if (request.method === 'GET' && values('patient').length > 0) {
    refuse('patient', 'patient is a parameter of POST.');
  }
  if (level === 'system' && values('patient').length > 0) {
    refuse('patient', 'patient goes with an export of patients or a group.');
  }
  if (values('_outputFormat').some((format) => !FORMATS.has(format))) {
    throw new PosternError('invalid', '_outputFormat takes application/fhir+ndjson.');
  }
  const named = listIn(values('_type'));
  const able = new Set(level === 'system' ? TYPES.keys() : [...CHART_TYPES, ...DIRECTORY_TYPES]);
  if (named.some((type) => !able.has(type))) {
    refuse('_type', '_type names a type that this server does not export here.');
  }
  const asked = named.filter((type) => able.has(type));
  if (named.length > 0 && asked.length === 0)
    throw new PosternError('invalid', '_type names nothing to export.');
  const wanted = asked.length > 0 ? new Set(asked) : new Set([...able].filter((type) => type !== 'Binary'));
  const patients = request.method === 'POST' && level !== 'system' ? values('patient') : [];
  return {
    since: instantOf('_since', values('_since')),
    until: instantOf('_until', values('_until')),
    types: CHART_TYPES.filter((type) => wanted.has(type)),
    ownTypes: (level === 'system' ? [...TYPES.keys()] : DIRECTORY_TYPES).filter((type) => wanted.has(type)),
    filters: filtersOf(values('_typeFilter'), wanted, { refuse, now, base, lenient }),
    elements: elementsOf(values('_elements')),
    patients: patients.length === 0 ? null : patients,
  };
}

/** Those of the Parameters that a POST brings, as a query would say them. */
async function parametersOf(request: RoutedRequest): Promise<[name: string, value: string][]> {
  if (request.method !== 'POST') return [];
  const body = await readBody(request, PARAMETER_BYTES);
  if (body.length === 0) return [];
  expectFhirJson(request);
  const resource = parseResource(body);
  if (resource.resourceType !== 'Parameters') {
    throw new PosternError('invalid', 'The content must be Parameters.', { expression: ['resourceType'] });
  }
  return valuesAt(resource, 'parameter').map((one): [string, string] => {
    if (!isObject(one) || typeof one.name !== 'string')
      throw new PosternError('invalid', 'A parameter has no name.');
    const value = Object.entries(one).find(([name]) => name.startsWith('value'))?.[1];
    const told = isObject(value) ? value.reference : value;
    if (typeof told === 'string') return [one.name, told];
    // What is given in a form that no parameter has is not one of ours.
    return [KNOWN.has(one.name) ? 'malformed' : one.name, String(typeof told)];
  });
}

function listIn(values: readonly string[]): string[] {
  return [...new Set(values.flatMap((value) => value.split(',')).map((name) => name.trim()))].filter(
    (name) => name !== '',
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A plus sign that nobody escaped arrives as a space. */
function instantOf(name: string, values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const text = values[0]!.replace(' ', '+');
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (values.length > 1 || Number.isNaN(time)) {
    throw new PosternError('invalid', `${name} takes one instant, as in 2026-01-31T08:00:00Z.`);
  }
  return new Date(time).toISOString();
}

interface FilterParts {
  readonly refuse: (name: string, why: string) => void;
  readonly now: Date;
  readonly base: string;
  readonly lenient: boolean;
}

function filtersOf(
  values: readonly string[],
  wanted: ReadonlySet<string>,
  { refuse, now, base, lenient }: FilterParts,
): [type: string, query: string][] {
  // Several may stand in one value, with commas between; commas stand in queries as well.
  const texts = values.flatMap((value) => value.split(/,(?=[A-Z][A-Za-z]{1,63}\?)/));
  if (texts.length > MOST_FILTERS) {
    throw new PosternError('invalid', `An export takes at most ${MOST_FILTERS} filters in _typeFilter.`);
  }
  return texts.flatMap((text): [string, string][] => {
    const [, type = '', query = ''] = /^([A-Z][A-Za-z]{1,63})\?(.+)$/s.exec(text) ?? [];
    if (!wanted.has(type)) {
      refuse('_typeFilter', '_typeFilter takes searches of types that are exported, as in Condition?code=X.');
      return [];
    }
    const given = [...new URLSearchParams(query)];
    let kept = given.filter(([name]) => !NO_FILTER.test(name));
    const plan = planOf(type, String(new URLSearchParams(kept)), now, base);
    const ignored = new Set(plan.ignored.map((one) => one.split('=', 1)[0]!));
    if (plan.links.length > 0) {
      throw new PosternError('invalid', '_typeFilter takes no searches over references (chains, _has).');
    }
    if (kept.length < given.length || ignored.size > 0) {
      refuse('_typeFilter', '_typeFilter has a search parameter that this server does not offer there.');
    }
    kept = kept.filter(([name]) => !ignored.has(name));
    // A filter of which nothing is left would let everything through.
    if (kept.length === 0 && lenient) return [];
    return [[type, String(new URLSearchParams(kept))]];
  });
}

function elementsOf(values: readonly string[]): string[] {
  const elements = listIn(values);
  if (elements.every((one) => /^([A-Z][A-Za-z]{1,63}\.)?[a-z][A-Za-z0-9]{0,63}$/.test(one))) return elements;
  throw new PosternError('invalid', '_elements takes elements with commas between, as in id,Patient.name.');
}
