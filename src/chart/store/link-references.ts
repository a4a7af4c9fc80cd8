/**
 * References between the resources of one transaction, turned into references to what they become
 * (https://hl7.org/fhir/R4/http.html#trules): `urn:uuid:` and addresses by `fullUrl`, `Type/id` under the
 * same server as the entry that holds it, and searches.
 */
import { isObject } from '../fhir-resource.ts';
import { parseReference } from '../reference.ts';
import { copyExactness } from '../resource-json.ts';

/** Elements that hold an address as a whole. */
const ADDRESSES = new Set(['reference', 'url', 'valueUri', 'valueUrl', 'valueUuid', 'valueOid']);
const IN_NARRATIVE = /((?:href|src)\s*=\s*")([^"]*)(")/g;

/** What an address stands for: a reference of this server, or null where it is to stay as it is. */
export type Resolve = (address: string) => string | null;

/** The value with its addresses resolved; what holds none of them is the same object as before. */
export function linkReferences<Value>(value: Value, resolve: Resolve): Value {
  return linked(value, '', resolve) as Value;
}

function linked(value: unknown, name: string, resolve: Resolve): unknown {
  if (typeof value === 'string') {
    if (ADDRESSES.has(name)) return resolve(value) ?? value;
    if (name !== 'div') return value;
    return value.replace(IN_NARRATIVE, (all, before: string, address: string, after: string) => {
      const found = resolve(address);
      return found === null ? all : `${before}${found}${after}`;
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | unknown[] | null = null;
  for (const key of Object.keys(value)) {
    const old = (value as Record<string, unknown>)[key];
    const next = linked(old, Array.isArray(value) ? name : key, resolve);
    if (next === old) continue;
    if (copy === null) {
      copy = Array.isArray(value) ? [...value] : { ...value };
      copyExactness(value, copy);
    }
    (copy as Record<string, unknown>)[key] = next;
  }
  return copy ?? value;
}

/** Every search that stands where a reference should, such as `Practitioner?identifier=x`. */
export function conditionalReferences(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) {
    for (const item of value) conditionalReferences(item, found);
  } else if (isObject(value)) {
    const { reference } = value;
    if (typeof reference === 'string' && parseReference(reference).kind === 'conditional')
      found.add(reference);
    for (const key in value) if (typeof value[key] === 'object') conditionalReferences(value[key], found);
  }
  return found;
}

const RESTFUL = /^(https?:\/\/.+)\/[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;
const RELATIVE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;

/** How the addresses of one entry resolve: its relative ones are of the server that its `fullUrl` names. */
export function resolverFor(fullUrl: string | undefined, becomes: ReadonlyMap<string, string>): Resolve {
  const base = fullUrl === undefined ? null : (RESTFUL.exec(fullUrl)?.[1] ?? null);
  return (address) => {
    const found = becomes.get(address);
    if (found !== undefined) return found;
    if (base === null || !RELATIVE.test(address)) return null;
    return becomes.get(`${base}/${address}`) ?? null;
  };
}
