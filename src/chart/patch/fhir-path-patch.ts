/** FHIRPath Patch: operations as Parameters (https://hl7.org/fhir/R4/fhirpatch.html). */
import { PosternError } from '../../base/errors.ts';
import type { Definitions } from '../definitions.ts';
import { type FhirResource, isObject, type JsonObject, valuesAt } from '../fhir-resource.ts';
import { keepNumberText, readResource, settleExactness, writeResource } from '../resource-json.ts';
import { choicesOf, type ElementPlace, placesOf, ruleOf } from './element-place.ts';
import { elementValue, type PatchValue } from './patch-value.ts';

const MOST_OPERATIONS = 500;

type Kind = 'add' | 'insert' | 'delete' | 'replace' | 'move';

interface PathOperation {
  readonly kind: Kind;
  readonly path: string;
  readonly name: string | null;
  readonly value: JsonObject | null;
  readonly index: number | null;
  readonly source: number | null;
  readonly destination: number | null;
}

export type FhirPatch = (resource: FhirResource, definitions: Definitions) => FhirResource;

/**
 * The patch that Parameters are. Throws `invalid` for what are no operations. The patch changes the resource
 * that it is given, and throws `not-processable` where an operation does not fit it.
 */
export function fhirPathPatch(parameters: FhirResource): FhirPatch {
  if (parameters.resourceType !== 'Parameters') throw malformed('must be Parameters');
  const operations = valuesAt(parameters, 'parameter').map(operationOf);
  if (operations.length === 0 || operations.length > MOST_OPERATIONS) {
    throw malformed(`has from one to ${MOST_OPERATIONS} operations`);
  }
  // What an operation brings becomes part of the resource; whoever patches anew needs it as it came.
  const text = writeResource(parameters);
  return (resource, definitions) => {
    valuesAt(readResource(text), 'parameter')
      .map(operationOf)
      .forEach((operation, index) => {
        if (!applyOne(resource, operation, definitions)) {
          const expression = [`Parameters.parameter[${index}]`];
          const text = `Operation ${index + 1} of the patch does not fit the resource.`;
          throw new PosternError('not-processable', text, { expression });
        }
      });
    settleExactness(resource);
    return resource;
  };
}

function operationOf(parameter: unknown): PathOperation {
  const parts = new Map<unknown, JsonObject>();
  for (const part of valuesAt(parameter, 'part').filter(isObject)) parts.set(part.name, part);
  const kind = parts.get('type')?.valueCode;
  const path = parts.get('path')?.valueString;
  if (!isObject(parameter) || parameter.name !== 'operation' || !isKind(kind)) {
    throw malformed('has operations that are each add, insert, delete, replace or move');
  }
  if (typeof path !== 'string') throw malformed('has a path in every operation');
  const name = parts.get('name')?.valueString;
  const value = parts.get('value') ?? null;
  if ((kind === 'add' || kind === 'insert' || kind === 'replace') && value === null) {
    throw malformed(`has a value in every ${kind}`);
  }
  if (kind === 'add' && typeof name !== 'string') throw malformed('has a name in every add');
  const whole = (each: string, needed: boolean) => {
    const number = parts.get(each)?.valueInteger;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number;
    if (needed) throw malformed(`has ${each} in every ${kind}`);
    return null;
  };
  return {
    kind,
    path,
    name: typeof name === 'string' ? name : null,
    value,
    index: whole('index', kind === 'insert'),
    source: whole('source', kind === 'move'),
    destination: whole('destination', kind === 'move'),
  };
}

function isKind(kind: unknown): kind is Kind {
  return kind === 'add' || kind === 'insert' || kind === 'delete' || kind === 'replace' || kind === 'move';
}

/** Whether the operation fitted. */
function applyOne(resource: FhirResource, operation: PathOperation, definitions: Definitions): boolean {
  const places = placesOf(resource, operation.path, definitions);
  switch (operation.kind) {
    case 'add':
      return places.length === 1 && add(places[0]!, operation, definitions);
    case 'insert':
      return insert(resource, places, operation, definitions);
    case 'delete':
      // What is not there need not be deleted.
      return places.length === 0 || (places.length === 1 && remove(places[0]!));
    case 'replace':
      return places.length === 1 && replace(places[0]!, operation, definitions);
    case 'move':
      return move(places, operation);
  }
}

function add(place: ElementPlace, { name, value }: PathOperation, definitions: Definitions): boolean {
  const owner = place.value;
  if (!isObject(owner)) return false;
  const type = typeof owner.resourceType === 'string' ? owner.resourceType : place.type;
  const found = elementValue(definitions, type, name!, value!);
  if (found === null) return false;
  if (found.list) {
    const list = owner[found.element] ?? [];
    if (!Array.isArray(list)) return false;
    set(owner, found.element, list);
    put(list, list.length, found);
    return true;
  }
  const { [found.element]: standing } = owner;
  const chosen = choicesOf(definitions, type, name!).some((choice) => Object.hasOwn(owner, choice));
  if (standing !== undefined || chosen) return false;
  put(owner, found.element, found);
  return true;
}

function insert(
  resource: FhirResource,
  places: readonly ElementPlace[],
  { path, value, index }: PathOperation,
  definitions: Definitions,
): boolean {
  const [first] = places;
  if (first === undefined) return insertFirst(resource, path, value!, index!, definitions);
  const list = first.holder;
  if (!Array.isArray(list) || places.some(({ holder }) => holder !== list) || index! > list.length)
    return false;
  const found = valueFor(first, value!, definitions);
  if (found === null) return false;
  list.splice(index!, 0, null);
  put(list, index!, found);
  return true;
}

/** A list that is not there yet has room for a first. */
function insertFirst(
  resource: FhirResource,
  path: string,
  value: JsonObject,
  index: number,
  definitions: Definitions,
): boolean {
  const cut = path.lastIndexOf('.');
  const name = path.slice(cut + 1);
  if (index !== 0 || !/^[a-z]\w*$/i.test(name)) return false;
  const owners = placesOf(resource, cut < 0 ? '' : path.slice(0, cut), definitions);
  const [place] = owners;
  if (owners.length !== 1 || place === undefined) return false;
  if (ruleOf(definitions, place.type, name)?.list !== true) return false;
  return add(place, { kind: 'add', path, name, value, index, source: null, destination: null }, definitions);
}

function remove({ holder, name, owner, element }: ElementPlace): boolean {
  if (holder === null || owner === null) return false;
  if (Array.isArray(holder)) {
    holder.splice(name as number, 1);
    const companions = (owner as JsonObject)[`_${element}`];
    if (Array.isArray(companions)) companions.splice(name as number, 1);
    // FHIR knows no empty lists.
    if (holder.length === 0) drop(owner, element);
    if (Array.isArray(companions) && companions.length === 0) drop(owner, `_${element}`);
  } else {
    drop(owner, element);
    drop(owner, `_${element}`);
  }
  return true;
}

function replace(place: ElementPlace, { value }: PathOperation, definitions: Definitions): boolean {
  const { holder, owner, name, element } = place;
  if (holder === null || owner === null) return false;
  const found = valueFor(place, value!, definitions);
  if (found === null) return false;
  if (!Array.isArray(holder)) {
    drop(owner, element);
    drop(owner, `_${element}`);
  }
  put(holder, Array.isArray(holder) ? name : found.element, found);
  return true;
}

/** The value as the element at a place takes it; of a choice, as whichever type it has. */
function valueFor(place: ElementPlace, value: JsonObject, definitions: Definitions): PatchValue | null {
  const { ownerType: type, element } = place;
  const choice = ruleOf(definitions, type, element)?.choice;
  return elementValue(definitions, type, choice ?? element, value);
}

function move(places: readonly ElementPlace[], { source, destination }: PathOperation): boolean {
  const list = places[0]?.holder;
  if (!Array.isArray(list) || places.some(({ holder }) => holder !== list)) return false;
  if (source! >= list.length || destination! >= list.length) return false;
  const [moved] = list.splice(source!, 1);
  list.splice(destination!, 0, moved);
  return true;
}

function put(holder: object, name: string | number, { value, text }: PatchValue): void {
  set(holder, name, value);
  keepNumberText(holder, name, text);
}

function set(holder: object, name: string | number, value: unknown): void {
  (holder as Record<string | number, unknown>)[name] = value;
}

function drop(holder: object, name: string): void {
  delete (holder as Record<string, unknown>)[name];
}

function malformed(what: string): PosternError {
  return new PosternError('invalid', `A FHIRPath Patch ${what}.`, { expression: ['Parameters.parameter'] });
}
