/**
 * Criteria on other resources, https://hl7.org/fhir/R4/search.html#chaining and #has: `subject:Patient.name`
 * and `_has:Observation:patient:code`. Each is a search of its own, parsed here and run before the search
 * that it is a part of.
 */
import { PosternError } from '../../base/errors.ts';
import { TYPES } from '../type-registry.ts';
import { parametersOf } from './parameters.ts';
import type { Link, SearchPlan } from './plan-shape.ts';

/** A search by one parameter; null where the type does not offer it. */
export type ParseOne = (type: string, name: string, value: string, depth: number) => SearchPlan | null;

const DEEPEST = 3;
const MOST_TYPES = 6;

/** Whether a parameter's name asks something of another resource. */
export function isLink(name: string): boolean {
  return name.startsWith('_has:') || name.includes('.');
}

/**
 * Null where a parameter or type on the way is not offered. Throws `invalid` for what leads too far or to too
 * many types, and for a value that the last parameter does not take.
 */
export function parseLink(
  type: string,
  name: string,
  value: string,
  depth: number,
  parseOne: ParseOne,
): Link | null {
  if (depth >= DEEPEST) {
    throw new PosternError('invalid', `Chains and _has lead over at most ${DEEPEST} references.`);
  }
  const parse = (of: string, rest: string) => parseOne(of, rest, value, depth + 1);
  return name.startsWith('_has:') ? parseHas(type, name, parse) : parseChain(type, name, parse);
}

type Parse = (type: string, name: string) => SearchPlan | null;

function parseChain(type: string, name: string, parse: Parse): Link | null {
  const dot = name.indexOf('.');
  const [code = '', only = null, ...rest] = name.slice(0, dot).split(':');
  const parameter = parametersOf(type).get(code);
  if (parameter?.kind !== 'reference' || rest.length > 0) return null;
  const types = only === null ? parameter.targets : parameter.targets.filter((one) => one === only);
  const within = name.slice(dot + 1);
  const able = types.filter((one) => offers(one, within));
  if (able.length > MOST_TYPES) {
    throw new PosternError('invalid', `${code} leads to many types; name one, as in ${code}:Patient.name.`);
  }
  const plans = able.flatMap((one) => parse(one, within) ?? []);
  return plans.length === 0 ? null : { kind: 'chain', parameter, plans };
}

function parseHas(type: string, name: string, parse: Parse): Link | null {
  const [, from = '', code = '', ...rest] = name.split(':');
  const parameter = TYPES.has(from) ? parametersOf(from).get(code) : undefined;
  if (parameter?.kind !== 'reference' || !parameter.targets.includes(type) || rest.length === 0) return null;
  const plan = parse(from, rest.join(':'));
  return plan === null ? null : { kind: 'has', parameter, plans: [plan] };
}

/** Whether the first parameter on the way is one of the type: a cheap look before anything is parsed. */
function offers(type: string, name: string): boolean {
  const [code = ''] = name.split(/[.:]/, 1);
  return OF_EVERY_TYPE.has(code) || parametersOf(type).has(code);
}

const OF_EVERY_TYPE = new Set(['_has', '_id', '_lastUpdated']);
