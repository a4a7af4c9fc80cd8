/**
 * Every way to ask for a record, by the route that answers it. What an answer must be for who may have the
 * record stands here; for everybody else it must be the answer to what does not exist.
 */
import { newId } from '../../base/ids.ts';
import { parametersOf, parseSearch, typeOf } from '../../chart/index.ts';
import type { CanaryResource } from './canary-resource.ts';
import type { Asking } from './outside.ts';

/** What is asked for. */
export interface Aim {
  readonly type: string;
  readonly id: string;
  readonly chart: string | null;
  readonly canary: string;
  /** The resource as the attacker would write it, of the same owner and with words of his own. */
  readonly forgery: CanaryResource;
}

export interface Way {
  readonly name: string;
  /** As the server's list of routes has it. */
  readonly route: string;
  readonly action: 'read' | 'write' | 'create';
  /** Whether other records than the one that is aimed at may come back. */
  readonly wide?: boolean;
  ask(aim: Aim): Asking;
  /** Status for who may, by whether the record stands or is deleted. */
  readonly standing: number;
  readonly deleted: number;
  /** Whether the content of a standing and of a deleted record is in the answer; null where either may be. */
  readonly gives: readonly [standing: boolean, deleted: boolean] | null;
  /** Whether it finds records of a type at all; any where it is not said. */
  finds?(type: string): boolean;
}

/** Types whose every record in a chart is in the compartment of its patient, by the element of its owner. */
function goesWithPatient(type: string): boolean {
  const { owner } = typeOf(type);
  if (owner.kind === 'self') return true;
  return owner.kind === 'patient' && inCompartment(type);
}

/** The type, or one that compartments hold where they do not hold it. */
function heldFor(type: string): string {
  return inCompartment(type) ? type : 'Observation';
}

function inCompartment(type: string): boolean {
  try {
    const compartment = { type: 'Patient', id: newId() };
    const plan = parseSearch(type, new URLSearchParams(), { compartment });
    return plan.focus !== null;
  } catch {
    return false;
  }
}

/** A file would come as its bytes, in which no words of the record are. */
const AS_FHIR = { accept: 'application/fhir+json' };
const NO_VERSION = 'W/"9"';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const get = (target: string, headers: Readonly<Record<string, string>> = {}): Asking => ({
  method: 'GET',
  target,
  headers,
});

const READ = { route: 'GET /fhir/:type/:id', action: 'read' } as const;
const FOUND = { action: 'read', standing: 200, deleted: 200, gives: [true, false] } as const;
const SEARCH = { route: 'GET /fhir/:type', ...FOUND } as const;

const READS: readonly Way[] = [
  {
    ...READ,
    name: 'read',
    standing: 200,
    deleted: 410,
    gives: [true, false],
    ask: ({ type, id }) => get(`/fhir/${type}/${id}`, AS_FHIR),
  },
  {
    ...READ,
    name: 'read of what is known',
    standing: 304,
    deleted: 410,
    gives: [false, false],
    ask: ({ type, id }) => get(`/fhir/${type}/${id}`, { 'if-none-match': 'W/"1"' }),
  },
  {
    ...READ,
    name: 'head',
    standing: 200,
    deleted: 410,
    gives: [true, false],
    ask: ({ type, id }) => ({ method: 'HEAD', target: `/fhir/${type}/${id}` }),
  },
  {
    name: 'vread',
    route: 'GET /fhir/:type/:id/_history/:version',
    action: 'read',
    standing: 200,
    deleted: 200,
    gives: [true, true],
    ask: ({ type, id }) => get(`/fhir/${type}/${id}/_history/1`, AS_FHIR),
  },
  {
    name: 'history',
    route: 'GET /fhir/:type/:id/_history',
    action: 'read',
    standing: 200,
    deleted: 200,
    gives: [true, true],
    ask: ({ type, id }) => get(`/fhir/${type}/${id}/_history?_count=5`),
  },
];

const TYPE_HISTORY: Way = {
  name: 'history of the type',
  route: 'GET /fhir/:type/_history',
  action: 'read',
  wide: true,
  standing: 200,
  deleted: 200,
  gives: [true, true],
  ask: ({ type }) => get(`/fhir/${type}/_history?_since=2020&_count=200`),
};

const SEARCHES: readonly Way[] = [
  { ...SEARCH, name: 'search by id', ask: ({ type, id }) => get(`/fhir/${type}?_id=${id}`) },
  {
    ...SEARCH,
    name: 'search by content',
    ask: ({ type, canary }) => get(`/fhir/${type}?_tag=${canary}`),
  },
  {
    ...SEARCH,
    name: 'search with what it is linked to',
    ask: ({ type, id }) =>
      get(
        `/fhir/${type}?_id=${id}&_include=*&_include=${type}:patient&_include:iterate=*` +
          `&_revinclude=Provenance:target&_revinclude=*&_contained=true`,
      ),
  },
  {
    ...SEARCH,
    name: 'search through others',
    gives: null,
    ask: ({ type, id }) =>
      get(
        `/fhir/${type}?_id=${id}&patient.name=a&subject:Patient.identifier=a` +
          `&_has:Observation:subject:code=x&_has:Provenance:target:agent=x`,
      ),
  },
  {
    ...SEARCH,
    name: 'search for numbers',
    gives: null,
    ask: ({ type, id }) => get(`/fhir/${type}?_id=${id}&_summary=count&_total=accurate&_elements=id`),
  },
  {
    ...SEARCH,
    name: 'search by patient',
    wide: true,
    // Of what is in a chart, by its owner; of anything else where it takes no patient at all.
    finds: (type) =>
      ['self', 'patient'].includes(typeOf(type).owner.kind) || !parametersOf(type).has('patient'),
    ask: ({ type, chart, id }) => get(`/fhir/${type}?patient=${chart ?? id}&_count=500`),
  },
  {
    ...SEARCH,
    name: 'search of everything',
    wide: true,
    ask: ({ type }) => get(`/fhir/${type}?_lastUpdated=ge2020-01-01&_sort=-_id&_count=500`),
  },
  {
    ...FOUND,
    name: 'search by form',
    route: 'POST /fhir/:type/_search',
    ask: ({ type, id }) => ({
      method: 'POST',
      target: `/fhir/${type}/_search`,
      headers: FORM,
      body: `_id=${id}`,
    }),
  },
  {
    ...FOUND,
    name: 'search in the compartment of the patient',
    route: 'GET /fhir/:compartment/:id/:type',
    finds: goesWithPatient,
    ask: ({ type, chart, id }) =>
      get(`/fhir/Patient/${chart ?? id}/${heldFor(type)}?_id=${id}&_total=accurate`),
  },
  {
    ...FOUND,
    name: 'search in the compartment by form',
    route: 'POST /fhir/:compartment/:id/:type/_search',
    finds: goesWithPatient,
    ask: ({ type, chart, id }) => ({
      method: 'POST',
      target: `/fhir/Patient/${chart ?? id}/*/_search`,
      headers: FORM,
      body: `_type=${heldFor(type)}&_id=${id}`,
    }),
  },
];

const UPDATE = { route: 'PUT /fhir/:type/:id', action: 'write' } as const;
const REMOVE = { route: 'DELETE /fhir/:type/:id', action: 'write' } as const;

const WRITES: readonly Way[] = [
  {
    ...UPDATE,
    name: 'update',
    standing: 200,
    deleted: 201,
    gives: [false, false],
    ask: ({ type, id, forgery }) => ({ method: 'PUT', target: `/fhir/${type}/${id}`, body: forgery }),
  },
  {
    ...UPDATE,
    name: 'update of no version',
    standing: 412,
    deleted: 412,
    gives: [false, false],
    ask: ({ type, id, forgery }) => ({
      method: 'PUT',
      target: `/fhir/${type}/${id}`,
      headers: { 'if-match': NO_VERSION },
      body: forgery,
    }),
  },
  {
    ...REMOVE,
    name: 'delete',
    standing: 204,
    deleted: 204,
    gives: [false, false],
    ask: ({ type, id }) => ({ method: 'DELETE', target: `/fhir/${type}/${id}` }),
  },
  {
    ...REMOVE,
    name: 'delete of no version',
    standing: 412,
    deleted: 412,
    gives: [false, false],
    ask: ({ type, id }) => ({
      method: 'DELETE',
      target: `/fhir/${type}/${id}`,
      headers: { 'if-match': NO_VERSION },
    }),
  },
  {
    name: 'create beside it',
    route: 'POST /fhir/:type',
    action: 'create',
    standing: 201,
    deleted: 201,
    gives: [false, false],
    ask: ({ type, forgery }) => ({ method: 'POST', target: `/fhir/${type}`, body: forgery }),
  },
];

const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const TONGUE = JSON.stringify([{ op: 'add', path: '/language', value: 'de' }]);
const patching = (target: string, headers: Readonly<Record<string, string>> = {}): Asking => ({
  method: 'PATCH',
  target,
  headers: { ...JSON_PATCH, ...headers },
  body: TONGUE,
});

const PATCH = { route: 'PATCH /fhir/:type/:id', action: 'write' } as const;

/** What a patch leaves of the content comes back with it. */
const PATCHES: readonly Way[] = [
  {
    ...PATCH,
    name: 'patch',
    standing: 200,
    deleted: 410,
    gives: [true, false],
    ask: ({ type, id }) => patching(`/fhir/${type}/${id}`),
  },
  {
    ...PATCH,
    name: 'patch of no version',
    standing: 412,
    deleted: 412,
    gives: [false, false],
    ask: ({ type, id }) => patching(`/fhir/${type}/${id}`, { 'if-match': NO_VERSION }),
  },
  {
    name: 'patch of what fits',
    route: 'PATCH /fhir/:type',
    action: 'write',
    standing: 200,
    deleted: 404,
    gives: [true, false],
    ask: ({ type, id }) => patching(`/fhir/${type}?_id=${id}`),
  },
  {
    name: 'delete of what fits',
    route: 'DELETE /fhir/:type',
    action: 'write',
    standing: 204,
    deleted: 404,
    gives: [false, false],
    ask: ({ type, id }) => ({ method: 'DELETE', target: `/fhir/${type}?_id=${id}` }),
  },
];

export const RECORD_WAYS: readonly Way[] = [...READS, TYPE_HISTORY, ...SEARCHES, ...WRITES, ...PATCHES];
