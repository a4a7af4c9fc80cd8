/**
 * What the CapabilityStatement says of searching, from the tables by which searches are answered
 * (https://hl7.org/fhir/R4/capabilitystatement.html).
 */
import { isReference, type Parameter, parametersOf, TYPES } from '../chart/index.ts';

/** Ways of comparing that are Postern's, by the FHIR type of parameter that they are. */
const PARAMETER_TYPES: Partial<Record<Parameter['kind'], string>> = {
  name: 'string',
  contact: 'token',
  birthdate: 'date',
};

/** How each is answered, in words. */
const SERVED: Readonly<Record<Parameter['served'], string>> = {
  owner: 'Answered by the chart.',
  instant: 'Answered by the date of the row.',
  token: 'Found through the index.',
  date: 'Found through the index.',
  recheck: 'Checked on what was found.',
};

/** Of the whole API. */
export const SEARCHING =
  'Searches take chains and _has over up to three references, _include and _revinclude with :iterate, ' +
  '_sort, _count, _total, _summary and _elements; GET, or POST with _search, at the base searches the ' +
  'types that _type names. Patient/[id]/[type] and Encounter/[id]/[type] search a compartment, and * in ' +
  'place of the type those that _type names. A parameter that is checked on what was found looks, where ' +
  'nothing else narrows the search, through every resource of the type within reach; a request that would ' +
  'open more than 50,000 is refused. Not offered are full text, phonetic and geographic search, and ' +
  'modifiers that need a terminology service. Hits, numbers and orders are made of what the session can ' +
  'open, and nothing else.';

const OF_EVERY_TYPE = [
  { name: '_id', definition: 'http://hl7.org/fhir/SearchParameter/Resource-id', type: 'token' },
  {
    name: '_lastUpdated',
    definition: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated',
    type: 'date',
  },
].map((parameter) => ({ ...parameter, documentation: 'Answered by the row.' }));

/** Parameters that every type has, among them those that are checked (`_tag`). */
export function searchOfEveryType(): readonly object[] {
  const shared = [...parametersOf('Patient').values()].filter(({ code }) => code.startsWith('_'));
  return [...OF_EVERY_TYPE, ...shared.map(parameterOf)];
}

/** Parameters and includes of one type. */
export function searchOfType(type: string): object {
  const parameters = [...parametersOf(type).values()];
  const includes = parameters.filter(isReference).map(nameOf);
  const reverse = pointingTo().get(type) ?? [];
  return {
    ...(includes.length === 0 ? {} : { searchInclude: ['*', `${type}:*`, ...includes] }),
    ...(reverse.length === 0 ? {} : { searchRevInclude: reverse }),
    searchParam: [...OF_EVERY_TYPE, ...parameters.map(parameterOf)],
  };
}

function parameterOf({ code, kind, served, definition }: Parameter) {
  const type = PARAMETER_TYPES[kind] ?? kind;
  return { name: code, definition, type, documentation: SERVED[served] };
}

function nameOf({ type, code }: Parameter): string {
  return `${type}:${code}`;
}

let reversed: ReadonlyMap<string, readonly string[]> | null = null;

/** The parameters that may point to each type. */
function pointingTo(): ReadonlyMap<string, readonly string[]> {
  if (reversed !== null) return reversed;
  const found = new Map<string, string[]>();
  for (const type of TYPES.keys()) {
    for (const parameter of parametersOf(type).values()) {
      for (const target of isReference(parameter) ? parameter.targets : []) {
        found.set(target, [...(found.get(target) ?? []), nameOf(parameter)]);
      }
    }
  }
  reversed = found;
  return found;
}
