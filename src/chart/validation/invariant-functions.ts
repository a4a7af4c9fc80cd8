/** Functions of FHIRPath that invariants use (https://hl7.org/fhirpath/N1/#functions), as far as we compile them. */
import {
  type Collection,
  type Compiled,
  type InvariantContext,
  NeedsEngine,
  truth,
} from './invariant-collection.ts';
import { equals } from './slices.ts';

/** `outer` is what the whole term was asked of. */
type Apply = (input: Collection, context: InvariantContext, outer: Collection) => Collection;

/** Makes a function from its arguments; `null` where it has others than we know. */
type Build = (args: readonly Compiled[]) => Apply | null;

const BUILD: Readonly<Record<string, Build>> = {
  exists: ([criterion, ...more]) => {
    if (more.length > 0) return null;
    if (criterion === undefined) return (input) => [input.length > 0];
    return (input, context) => [input.some((item) => meets(criterion, item, context))];
  },
  empty: plain((input) => [input.length === 0]),
  count: plain((input) => [input.length]),
  first: plain((input) => input.slice(0, 1)),
  tail: plain((input) => input.slice(1)),
  not: plain((input) => {
    const value = truth(input);
    return value === null ? [] : [!value];
  }),
  hasValue: plain((input) => [input.length === 1 && typeof input[0] !== 'object']),
  isDistinct: plain((input) => {
    if (input.every((item) => typeof item !== 'object')) return [new Set(input).size === input.length];
    throw new NeedsEngine();
  }),
  toString: plain((input) => {
    if (input.length > 1 || typeof input[0] === 'object') throw new NeedsEngine();
    return input.map(String);
  }),
  length: plain((input) => {
    if (input.length > 1 || (input.length === 1 && typeof input[0] !== 'string')) throw new NeedsEngine();
    return input.map((item) => String(item).length);
  }),
  allFalse: plain((input) => [input.every((item) => item === false)]),
  where: one((criterion) => (input, context) => input.filter((item) => meets(criterion, item, context))),
  all: one((criterion) => (input, context) => [input.every((item) => meets(criterion, item, context))]),
  select: one((projection) => (input, context) => input.flatMap((item) => [...projection([item], context)])),
  intersect: one((other) => (input, context, outer) => {
    if (input.length === 0) return [];
    const kept = other(outer, context);
    return input.filter((item) => kept.some((each) => equals(each, item)));
  }),
  startsWith: text((value, part) => value.startsWith(part)),
  contains: text((value, part) => value.includes(part)),
};

function plain(apply: (input: Collection) => Collection): Build {
  return (args) => (args.length === 0 ? apply : null);
}

function one(build: (argument: Compiled) => Apply): Build {
  return ([argument, ...more]) => (argument === undefined || more.length > 0 ? null : build(argument));
}

function text(holds: (value: string, part: string) => boolean): Build {
  return one((argument) => (input, context, outer) => {
    const [value] = input;
    const [part] = argument(outer, context);
    if (value === undefined) return [];
    if (input.length > 1 || typeof value !== 'string' || typeof part !== 'string') throw new NeedsEngine();
    return [holds(value, part)];
  });
}

function meets(criterion: Compiled, item: unknown, context: InvariantContext): boolean {
  return truth(criterion([item], context)) === true;
}

export const FUNCTIONS: ReadonlyMap<string, Build> = new Map(Object.entries(BUILD));
