/**
 * `_sort`, https://hl7.org/fhir/R4/search.html#sort. Rows know the clinical instant, the time of update and
 * the id; any other order is made of what was opened, so that nothing hidden has a part in it.
 */
import { PosternError } from '../../base/errors.ts';
import { type FhirResource, isObject } from '../fhir-resource.ts';
import { typeOf } from '../type-registry.ts';
import { contactOf } from './contact-point.ts';
import { rangeOf, rangeOfDate } from './date-range.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { quantityRange } from './quantity-criterion.ts';
import { fold, stringsOf } from './text-fold.ts';
import { eachToken } from './token-value.ts';

export type SortKey = 'at' | 'updated' | 'id';

export interface RowSort {
  readonly by: SortKey;
  readonly descending: boolean;
}

type Comparable = string | number;

/** One key of an order that is made after opening. */
export interface SortField {
  readonly descending: boolean;
  /** The value that comes first in this key's direction; null where there is none, which comes last. */
  readonly keyOf: (resource: FhirResource) => Comparable | null;
}

const MOST_KEYS = 5;

/** Throws `invalid` for what nothing can be sorted by; the message repeats nothing. */
export function parseSort(
  type: string,
  text: string | null,
): { sort: RowSort; order: readonly SortField[] | null } {
  const instant = typeOf(type).at;
  const usual = { by: instant === null ? 'updated' : 'at', descending: true } as const;
  const keys = (text ?? '').split(',').filter((key) => key.trim() !== '');
  if (keys.length === 0) return { sort: usual, order: null };
  if (keys.length > MOST_KEYS) {
    throw new PosternError('invalid', `_sort takes at most ${MOST_KEYS} keys.`);
  }
  const fields = keys.map((key) => fieldOf(type, key.trim()));
  const [first, second] = fields;
  // Rows are in the order of their ids where they are alike in the first key.
  const settled = second === undefined || (second.by === 'id' && second.descending === first!.descending);
  if (first!.by !== null && (settled || first!.by === 'id')) {
    return { sort: { by: first!.by, descending: first!.descending }, order: null };
  }
  return { sort: { by: 'id', descending: false }, order: fields };
}

type Field = SortField & { readonly by: SortKey | null };

function fieldOf(type: string, key: string): Field {
  const descending = key.startsWith('-');
  const code = descending ? key.slice(1) : key;
  if (code === '_id') return { by: 'id', descending, keyOf: ({ id }) => id ?? null };
  if (code === '_lastUpdated') {
    const keyOf = ({ meta }: FhirResource) => rangeOfDate(meta?.lastUpdated ?? '')?.low ?? null;
    return { by: 'updated', descending, keyOf };
  }
  const instant = typeOf(type).at;
  const parameters = parametersOf(type);
  // `date` is the clinical instant of every type that has one, even where its parameter has another name.
  const parameter = parameters.get(code === 'date' && !parameters.has(code) ? (instant?.param ?? '') : code);
  const ofRow = instant !== null && (code === 'date' || code === instant.param);
  if (parameter === undefined && ofRow) return { by: 'at', descending, keyOf: () => null };
  if (parameter === undefined || UNORDERED.has(parameter.kind)) {
    throw new PosternError(
      'invalid',
      '_sort takes _lastUpdated, _id and parameters of texts, codes, dates and numbers of this type.',
    );
  }
  return {
    by: ofRow ? 'at' : null,
    descending,
    keyOf: (resource) => firstOf(parameter, descending, resource),
  };
}

/** There is no order among references, addresses of definitions, and pairs. */
const UNORDERED: ReadonlySet<Parameter['kind']> = new Set(['reference', 'composite']);

function firstOf(
  { kind, extract }: Parameter,
  descending: boolean,
  resource: FhirResource,
): Comparable | null {
  let first: Comparable | null = null;
  extract(asNamedNow(resource), (value) => {
    for (const found of comparablesOf(kind, value)) {
      if (first === null || (descending ? found > first : found < first)) first = found;
    }
  });
  return first;
}

const BY_THE_WAY: ReadonlySet<unknown> = new Set(['old', 'maiden', 'nickname', 'temp', 'anonymous']);

/** Without the names that somebody bore or bears by the way, where another stands: lists go by that one. */
function asNamedNow(resource: FhirResource): FhirResource {
  const { name } = resource;
  if (!Array.isArray(name)) return resource;
  const now = name.filter((each) => isObject(each) && !BY_THE_WAY.has(each.use));
  return now.length === 0 || now.length === name.length ? resource : { ...resource, name: now };
}

function comparablesOf(kind: Parameter['kind'], value: unknown): Comparable[] {
  switch (kind) {
    case 'name':
    case 'string':
      return stringsOf(value).map(fold);
    case 'uri':
      return typeof value === 'string' ? [value] : [];
    case 'contact':
      return [contactOf(value)?.value ?? []].flat();
    case 'date':
    case 'birthdate':
      return [rangeOf(value)?.low ?? []].flat();
    case 'number':
      return typeof value === 'number' ? [value] : [];
    case 'quantity':
      return [quantityRange(value)?.low ?? []].flat();
    default: {
      const codes: string[] = [];
      eachToken(value, (code) => codes.push(code));
      return codes;
    }
  }
}

/** Resources in that order; those that are alike in every key stay as they came. */
export function inOrder(order: readonly SortField[]): (a: FhirResource, b: FhirResource) => number {
  return (a, b) => {
    for (const { descending, keyOf } of order) {
      const [left, right] = [keyOf(a), keyOf(b)];
      if (left === right) continue;
      if (left === null) return 1;
      if (right === null) return -1;
      return left < right === descending ? 1 : -1;
    }
    return 0;
  };
}
