/** `_include` and `_revinclude`, https://hl7.org/fhir/R4/search.html#revinclude: what a page brings along. */
import { PosternError } from '../../base/errors.ts';
import { TYPES } from '../type-registry.ts';
import { type Parameter, parametersOf } from './parameters.ts';

export interface Include {
  /** Whether it brings what points to a resource, instead of what a resource points to. */
  readonly reverse: boolean;
  /** Whether it goes on from what was brought along. */
  readonly iterate: boolean;
  /** Reference parameters of the pointing type. */
  readonly parameters: readonly Parameter[];
  /** The only type that may be pointed to; null where any may. */
  readonly target: string | null;
}

const NAME = /^_(rev)?include(?::([a-z]+))?$/;
const MOST_INCLUDES = 12;

/** Whether a parameter's name asks to bring something along. */
export function isInclude(name: string): boolean {
  return /^_(?:rev)?include(?::|$)/.test(name);
}

/**
 * Directives of a query in their order; `ignored` is told those whose parameter is none. Throws
 * `invalid` for a modifier other than `:iterate`, for what is no `Type:parameter`, and for too many.
 */
export function parseIncludes(query: URLSearchParams, ignored: (directive: string) => void): Include[] {
  const includes: Include[] = [];
  for (const [name, value] of query) {
    if (!isInclude(name) || value === '') continue;
    const match = NAME.exec(name);
    const [, reverse, modifier] = match ?? [];
    if (match === null || (modifier !== undefined && modifier !== 'iterate')) {
      throw new PosternError('invalid', '_include and _revinclude take :iterate and no other modifier.');
    }
    const include = directive(value, reverse !== undefined, modifier === 'iterate');
    if (include === null) ignored(`${name}=${value}`);
    else includes.push(include);
    if (includes.length > MOST_INCLUDES) {
      throw new PosternError('invalid', `A search takes at most ${MOST_INCLUDES} includes.`);
    }
  }
  return includes;
}

/** Null where the type or its parameter is not offered. */
function directive(value: string, reverse: boolean, iterate: boolean): Include | null {
  const [type = '', code = '', target = null, ...rest] = value.split(':');
  if (rest.length > 0) throw malformed();
  if (value === '*' || code === '*') {
    // Everything that points to a resource is more than a page can hold.
    if (reverse) return null;
    const types = value === '*' ? [...TYPES.keys()] : [type];
    const parameters = types.flatMap((one) => [...parametersOf(one).values()].filter(isReference));
    return parameters.length === 0 ? null : { reverse, iterate, parameters, target };
  }
  if (code === '') throw malformed();
  const parameter = parametersOf(type).get(code);
  if (parameter === undefined || !isReference(parameter)) return null;
  if (target !== null && !parameter.targets.includes(target)) return null;
  return { reverse, iterate, parameters: [parameter], target };
}

/** Whether it may be named in an include: a reference to what is kept here. */
export function isReference({ kind, targets }: Parameter): boolean {
  return kind === 'reference' && targets.length > 0;
}

function malformed(): PosternError {
  return new PosternError(
    'invalid',
    '_include and _revinclude take Type:parameter or Type:parameter:Target.',
  );
}
