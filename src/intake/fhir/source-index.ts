/**
 * What the sources hold, without their content: the first of two passes. It knows every name under which a
 * resource can be referred to, so that the second pass resolves references in any order of files.
 */

import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import { type FhirResource, isObject, TYPES, valuesAt } from '../../chart/index.ts';
import type { SourceEntry } from './read-entries.ts';
import { referencesOf } from './rewrite-references.ts';
import { type PersonTraits, samePerson, traitsOf } from './same-person.ts';
import { baseOf, identifierSearch, keyOf, relativeAddress, searchKey, withoutVersion } from './source-key.ts';

/** Gives the id of a resource from its type and its key; the same for the same, and not to be guessed. */
export type DeriveId = (type: string, key: string) => ResourceId;

/** Owners come before what they own: a resource is stored in the phase of its type. */
export const PHASES = [0, 1, 2] as const;
export type Phase = (typeof PHASES)[number];

export function phaseOf(type: string): Phase {
  const kind = TYPES.get(type)?.owner.kind;
  if (kind === 'inherited') return 2;
  return kind === 'practice' || kind === 'self' ? 0 : 1;
}

/** Where a name leads: `Type/id` here, and the file that says so (-1: an earlier run). */
interface Target {
  readonly literal: string;
  readonly file: number;
}

/** Where a reference stands, for what a relative one means. */
export interface Context {
  readonly file: number;
  /** Base of the full URL of the entry that holds it, if it has one. */
  readonly base: string | null;
}

/** Why a patient is not imported: as their own entries are told, and as what belongs to them is. */
export interface Bar {
  readonly own: string;
  readonly theirs: string;
}

export interface Identity {
  readonly key: string;
  readonly id: ResourceId;
  /** `Type/id` on this server. */
  readonly literal: string;
}

const UUID_ADDRESS = /^([A-Z][A-Za-z]+)\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;
/** Beside what the practice owns and patients, the types that senders look up by identifier. */
const LOOKED_UP = new Set(['RelatedPerson', 'Device', 'Encounter', 'Coverage', 'ServiceRequest']);

export class SourceIndex {
  readonly #base: string;
  readonly #deriveId: DeriveId;
  /** By the keys of the resources themselves: what a key names is never in doubt. */
  readonly #keys = new Map<string, Target>();
  /** By what else they may be called, which several may share. */
  readonly #names = new Map<string, Target | Target[]>();
  readonly #people = new Map<string, PersonTraits>();
  readonly #wanted = new Set<string>();
  /** Resources that stand in the sources more than once. */
  readonly repeated = new Set<string>();
  /** Patients that must not be imported, by `Type/id`; what belongs to them goes with them. */
  readonly barred = new Map<string, Bar>();

  constructor(base: string, deriveId: DeriveId) {
    this.#base = base;
    this.#deriveId = deriveId;
  }

  identify(entry: SourceEntry): Identity {
    const key = keyOf(entry, this.#base);
    const type = entry.resource.resourceType;
    const known = this.#keys.get(key)?.literal;
    if (known?.startsWith(`${type}/`)) {
      return { key, id: known.slice(type.length + 1) as ResourceId, literal: known };
    }
    const id = this.#deriveId(type, key);
    return { key, id, literal: `${type}/${id}` };
  }

  /** Takes note of an entry. Throws `not-processable` where its name is already that of another type. */
  add(entry: SourceEntry, file: number): void {
    const { key, literal } = this.identify(entry);
    const { resource, fullUrl } = entry;
    const target = { literal, file };
    const first = this.#keys.get(key);
    if (first === undefined) this.#keys.set(key, target);
    else if (first.literal === literal) this.repeated.add(literal);
    else throw new PosternError('not-processable', 'A resource of another type goes by the same name.');
    const address = fullUrl === null ? null : withoutVersion(fullUrl);
    if (address !== null && address !== key) this.#name(address, target);
    if (typeof resource.id === 'string' && !fullUrl?.endsWith(resource.id)) {
      const named = `${this.#base}/${resource.resourceType}/${resource.id}`;
      if (named !== key) this.#name(named, target);
    }
    for (const search of searchesFor(resource)) if (search !== key) this.#name(search, target);
    if (resource.resourceType === 'Patient') this.#meet(literal, traitsOf(resource));
    const context = { file, base: baseOf(fullUrl) };
    for (const reference of referencesOf(resource)) {
      if (this.resolve(reference, context) === null) this.#wanted.add(this.#formsOf(reference, context)[0]!);
    }
  }

  /** Two people under one name: neither may be imported, since nothing tells whose the rest is. */
  #meet(literal: string, traits: PersonTraits): void {
    const known = this.#people.get(literal);
    if (known === undefined) this.#people.set(literal, traits);
    else if (!samePerson(known, traits)) {
      const reason = 'The sources hold two different people under this id; name their systems apart.';
      this.barred.set(literal, { own: reason, theirs: reason });
    }
  }

  #name(form: string, target: Target): void {
    const known = this.#names.get(form);
    if (known === undefined) this.#names.set(form, target);
    else if (Array.isArray(known)) {
      if (!known.some((one) => isSame(one, target))) known.push(target);
    } else if (known.literal !== target.literal) this.#names.set(form, [known, target]);
  }

  /** `null` where nothing, or more than one thing, goes by the name. */
  resolve(reference: string, context: Context): string | null {
    for (const form of this.#formsOf(reference, context)) {
      const found = this.#keys.get(form) ?? this.#names.get(form);
      if (Array.isArray(found)) return found.find((target) => target.file === context.file)?.literal ?? null;
      if (found !== undefined) return found.literal;
    }
    return null;
  }

  /** The names that a reference may mean, the likeliest first. */
  #formsOf(reference: string, context: Context): string[] {
    if (reference.startsWith('urn:')) return [reference];
    if (/^https?:\/\//i.test(reference)) return [withoutVersion(reference)];
    const mark = reference.indexOf('?');
    if (mark !== -1) {
      const search = identifierSearch(reference.slice(0, mark), reference.slice(mark + 1));
      return [search === null ? reference : searchKey(search)];
    }
    const address = relativeAddress(reference) ?? reference;
    const forms = [`${this.#base}/${address}`];
    if (context.base !== null) forms.unshift(`${context.base}${address}`);
    const uuid = UUID_ADDRESS.exec(address);
    if (uuid !== null) {
      const urn = `urn:uuid:${uuid[2]}`;
      if (this.#keys.get(urn)?.literal.startsWith(`${uuid[1]}/`)) forms.push(urn);
    }
    return forms;
  }

  /** Names that are referred to and that no source explains: an earlier run may have. */
  unexplained(): string[] {
    return [...this.#wanted].filter((form) => !this.#keys.has(form) && !this.#names.has(form));
  }

  /** What an earlier run would have stored under a name: the candidates among which one may exist. */
  candidates(form: string): Identity[] {
    const types =
      form.startsWith('urn:uuid:') || form.startsWith('urn:oid:') ? [...TYPES.keys()] : [typeIn(form)];
    return types
      .filter((type) => type !== null)
      .map((type) => ({ type, id: this.#deriveId(type, form) }))
      .map(({ type, id }) => ({ key: form, id, literal: `${type}/${id}` }));
  }

  explain(form: string, literal: string): void {
    this.#names.set(form, { literal, file: -1 });
  }
}

function isSame(a: Target, b: Target): boolean {
  return a.literal === b.literal && a.file === b.file;
}

function typeIn(form: string): string | null {
  const type = /(?:^|\/)([A-Z][A-Za-z]+)(?:\/[^/]+$|\?)/.exec(form)?.[1];
  return type !== undefined && TYPES.has(type) ? type : null;
}

function searchesFor(resource: FhirResource): string[] {
  const type = resource.resourceType;
  if (phaseOf(type) !== 0 && !LOOKED_UP.has(type)) return [];
  return valuesAt(resource, 'identifier')
    .filter(isObject)
    .filter(({ value }) => typeof value === 'string')
    .map(({ system, value }) => ({
      type,
      system: typeof system === 'string' ? system : '',
      value: value as string,
    }))
    .map(searchKey);
}
