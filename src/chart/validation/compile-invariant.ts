/**
 * Compiles invariants to closures: a general FHIRPath engine takes a hundred times as long for what is
 * mostly asking whether elements are there. Whatever is outside this part of FHIRPath compiles to `null`, and
 * whatever turns out to need an engine while it runs (dates that are compared) throws `NeedsEngine`.
 */
import { isObject, type JsonObject } from '../fhir-resource.ts';
import { type Collection, type Compiled, NeedsEngine, truth, UCUM } from './invariant-collection.ts';
import { FUNCTIONS } from './invariant-functions.ts';
import { readInvariant, type Syntax } from './invariant-syntax.ts';
import { equals } from './slices.ts';

const NONE: Collection = [];
const TRUE: Collection = [true];
const FALSE: Collection = [false];

/** Names of choice elements (`value`) to what JSON calls them (`valueQuantity`). */
export type Choices = ReadonlyMap<string, ReadonlySet<string>>;

export function compileInvariant(expression: string, choices: Choices): Compiled | null {
  const syntax = readInvariant(expression);
  return syntax === null ? null : compile(syntax, choices);
}

function compile(syntax: Syntax, choices: Choices): Compiled | null {
  switch (syntax.kind) {
    case 'this':
      return (focus) => focus;
    case 'literal': {
      const value: Collection = [syntax.value];
      return () => value;
    }
    case 'variable':
      return variable(syntax.name);
    case 'member':
      return member(syntax, choices);
    case 'operator':
      return operator(syntax, choices);
    case 'call':
      return call(syntax, choices);
  }
}

function variable(name: string): Compiled | null {
  if (name === '%resource') return (_, { resource }) => [resource];
  if (name === '%rootResource') return (_, { root }) => [root];
  const ucum: Collection = [UCUM];
  return name === '%ucum' ? () => ucum : null;
}

function member({ of, name }: Extract<Syntax, { kind: 'member' }>, choices: Choices): Compiled | null {
  const from = compile(of, choices);
  if (from === null) return null;
  const choice = choices.get(name);
  return (focus, context) => {
    const found: unknown[] = [];
    for (const value of from(focus, context)) if (isObject(value)) collect(value, name, choice, found);
    return found;
  };
}

/** A primitive of which only extensions are there is there, and equal to nothing. */
function collect(
  value: JsonObject,
  name: string,
  choice: ReadonlySet<string> | undefined,
  into: unknown[],
): void {
  const direct = value[name] ?? value[`_${name}`];
  if (Array.isArray(direct)) into.push(...direct);
  else if (direct !== undefined) into.push(direct);
  else if (choice !== undefined) {
    for (const key in value) {
      if (value[key] === undefined || !choice.has(key.startsWith('_') ? key.slice(1) : key)) continue;
      into.push(value[key]);
      return;
    }
  }
}

function call({ of, name, args }: Extract<Syntax, { kind: 'call' }>, choices: Choices): Compiled | null {
  const build = FUNCTIONS.get(name);
  const from = compile(of, choices);
  const compiled = args.map((arg) => compile(arg, choices));
  if (build === undefined || from === null || compiled.includes(null)) return null;
  const apply = build(compiled as Compiled[]);
  return apply === null ? null : (focus, context) => apply(from(focus, context), context, focus);
}

function operator(
  { name, left, right }: Extract<Syntax, { kind: 'operator' }>,
  choices: Choices,
): Compiled | null {
  const a = compile(left, choices);
  const b = compile(right, choices);
  const apply = OPERATORS[name as keyof typeof OPERATORS];
  if (a === null || b === null || apply === undefined) return null;
  return (focus, context) =>
    apply(
      () => a(focus, context),
      () => b(focus, context),
    );
}

type Operand = () => Collection;

const OPERATORS: Readonly<Record<string, (a: Operand, b: Operand) => Collection>> = {
  and: (a, b) => conjunction(a, b),
  or: (a, b) =>
    negated(
      conjunction(
        () => negated(a()),
        () => negated(b()),
      ),
    ),
  implies: (a, b) => negated(conjunction(a, () => negated(b()))),
  xor: (a, b) => {
    const [one, other] = [truth(a()), truth(b())];
    return one === null || other === null ? NONE : one !== other ? TRUE : FALSE;
  },
  '=': (a, b) => equality(a(), b()),
  '!=': (a, b) => negated(equality(a(), b())),
  '<': (a, b) => comparison(a(), b(), (one, other) => one < other),
  '>': (a, b) => comparison(a(), b(), (one, other) => one > other),
  '<=': (a, b) => comparison(a(), b(), (one, other) => one <= other),
  '>=': (a, b) => comparison(a(), b(), (one, other) => one >= other),
  in: (a, b) => {
    const [item] = a();
    return item === undefined ? NONE : b().some((one) => equals(one, item)) ? TRUE : FALSE;
  },
  '|': (a, b) => [...a(), ...b()].filter((item, at, all) => all.findIndex((one) => equals(one, item)) === at),
  '+': (a, b) => {
    const [one, other] = [numberOf(a()), numberOf(b())];
    return one === null || other === null ? NONE : [one + other];
  },
  '&': (a, b) => [`${textOf(a())}${textOf(b())}`],
};

function conjunction(a: Operand, b: Operand): Collection {
  const one = truth(a());
  if (one === false) return FALSE;
  const other = truth(b());
  if (other === false) return FALSE;
  return one === null || other === null ? NONE : TRUE;
}

function negated(collection: Collection): Collection {
  const value = truth(collection);
  return value === null ? NONE : value ? FALSE : TRUE;
}

function equality(a: Collection, b: Collection): Collection {
  if (a.length === 0 || b.length === 0) return NONE;
  return a.length === b.length && a.every((item, at) => equals(item, b[at])) ? TRUE : FALSE;
}

function comparison(
  a: Collection,
  b: Collection,
  holds: (one: number, other: number) => boolean,
): Collection {
  const [one, other] = [numberOf(a), numberOf(b)];
  return one === null || other === null ? NONE : holds(one, other) ? TRUE : FALSE;
}

function numberOf(collection: Collection): number | null {
  if (collection.length === 0) return null;
  if (collection.length > 1 || typeof collection[0] !== 'number') throw new NeedsEngine();
  return collection[0];
}

function textOf(collection: Collection): string {
  if (collection.length > 1) throw new NeedsEngine();
  return collection.length === 0 ? '' : String(collection[0]);
}
