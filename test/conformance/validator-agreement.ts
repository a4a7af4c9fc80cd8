/** How far validation agrees with another validator's published cases: a table of `docs/conformance.md`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PosternError } from '../../src/base/errors.ts';
import { type Definitions, parseJson, validate } from '../../src/chart/index.ts';
import { DIFFERENCES } from './validator-differences.ts';

interface ExpectedError {
  readonly at: string | null;
}

export interface Case {
  readonly file: string;
  readonly name: string;
  readonly expectErrors: number;
  /** The first twelve of them. */
  readonly errors: readonly ExpectedError[];
}

export interface Comparison {
  readonly name: string;
  readonly expectsValid: boolean;
  readonly findsValid: boolean;
  /** Errors whose place is known, and how many of them we report there or at an element of it. */
  readonly placed: number;
  readonly met: number;
  /** Our findings where no error is expected; 0 where not all expected errors are told. */
  readonly extra: number;
}

export function casesIn(folder: string): Case[] {
  return JSON.parse(readFileSync(join(folder, '_expected.json'), 'utf8')) as Case[];
}

export function compare(definitions: Definitions, folder: string, one: Case): Comparison {
  const found = expressionsOf(definitions, readFileSync(join(folder, one.file)));
  const places = one.errors.map(({ at }) => (at === null ? '' : normalised(at)));
  const met = places.filter((place) => found.some((expression) => covers(place, expression))).length;
  const stray = found.filter((expression) => !places.some((place) => covers(place, expression)));
  return {
    name: one.name,
    expectsValid: one.expectErrors === 0,
    findsValid: found.length === 0,
    placed: places.length,
    met,
    extra: one.expectErrors > one.errors.length ? 0 : stray.length,
  };
}

function expressionsOf(definitions: Definitions, bytes: Uint8Array): string[] {
  try {
    return validate(definitions, parseJson(bytes)).map(({ expression }) => expression);
  } catch (error) {
    if (error instanceof PosternError) return [''];
    throw error;
  }
}

/** `resource/*Type/id* /.value.ofType(Coding)` as we write it: `resource.valueCoding`. */
function normalised(at: string): string {
  return at
    .replaceAll(/\/\*.*?\*\//g, '')
    .replace(/\/$/, '')
    .replaceAll(/\.ofType\((\w)(\w*)\)/g, (_, first: string, rest: string) => first.toUpperCase() + rest);
}

function covers(place: string, expression: string): boolean {
  if (place === '') return expression === '';
  return (
    expression.startsWith(place) &&
    /^(?:\[\d+\])?(?:\.\w+)?(?:\[\d+\])?$/.test(expression.slice(place.length))
  );
}

export function differs({ expectsValid, findsValid, placed, met, extra }: Comparison): boolean {
  return expectsValid !== findsValid || met < placed || extra > 0;
}

/** The section of the document between its marks. */
export function agreementSection(comparisons: readonly Comparison[]): string {
  const sum = (count: (one: Comparison) => number) =>
    comparisons.reduce((total, one) => total + count(one), 0);
  const agreed = sum((one) => (one.expectsValid === one.findsValid ? 1 : 0));
  const rows = comparisons.filter(differs).map((one) => {
    const verdict = one.expectsValid === one.findsValid ? 'same' : `**${word(one.findsValid)}**`;
    const counts = `${one.met} of ${one.placed} | ${one.extra}`;
    const verdicts = `${word(one.expectsValid)} | ${verdict}`;
    return `| ${one.name} | ${verdicts} | ${counts} | ${DIFFERENCES[one.name] ?? ''} |`;
  });
  return [
    `Same verdict: ${agreed} of ${comparisons.length} cases. Same place: ${sum((one) => one.met)} of ` +
      `${sum((one) => one.placed)} errors. ` +
      `${comparisons.length - rows.length} cases agree in every place; the others:`,
    '',
    '| case | expected | ours | errors at the same place | others of ours | what differs |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function word(valid: boolean): string {
  return valid ? 'valid' : 'invalid';
}
