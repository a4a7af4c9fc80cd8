/**
 * Numbers as search compares them, https://hl7.org/fhir/R4/search.html#number: `100` means what rounds to it,
 * from 99.5 up to but not including 100.5; `gt`, `lt`, `ge` and `le` mean the number exactly.
 */
import { PosternError } from '../../base/errors.ts';
import { PREFIXES, type Prefix } from './date-criterion.ts';

/** Where a value lies; equal ends for a plain number, infinite ones where it is open. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
}

export interface NumberCriterion {
  readonly prefix: Prefix;
  readonly value: number;
  /** Half of what the precision of the criterion leaves open. */
  readonly slack: number;
}

const NUMBER = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?([+-]?\d{1,18}(?:\.(\d{1,18}))?(?:[eE]([+-]?\d{1,2}))?)$/;

/** Throws `invalid`; the message names the parameter alone. */
export function parseNumberCriterion(param: string, text: string): NumberCriterion {
  const match = NUMBER.exec(text);
  if (match === null) {
    throw new PosternError('invalid', `${param} takes a number such as 5.4, after ${PREFIXES.join(' ')}.`);
  }
  const [, prefix, number, decimals = '', exponent] = match;
  // With an exponent one digit behind the point counts as written: the specification reads 1e2 as 95 to 105.
  const digits = exponent === undefined ? decimals.length : Math.max(decimals.length, 1);
  const slack = 0.5 * 10 ** (Number(exponent ?? 0) - digits);
  return { prefix: (prefix ?? 'eq') as Prefix, value: Number(number), slack };
}

export function meetsNumber({ prefix, value, slack }: NumberCriterion, found: NumberRange): boolean {
  const equal = found.low >= value - slack && found.high < value + slack;
  switch (prefix) {
    case 'eq':
      return equal;
    case 'ne':
      return !equal;
    case 'gt':
      return found.high > value;
    case 'lt':
      return found.low < value;
    case 'ge':
      return found.high >= value;
    case 'le':
      return found.low <= value;
    case 'sa':
      return found.low > value;
    case 'eb':
      return found.high < value;
    case 'ap': {
      const near = Math.max(Math.abs(value) / 10, slack);
      return found.high >= value - near && found.low <= value + near;
    }
  }
}
