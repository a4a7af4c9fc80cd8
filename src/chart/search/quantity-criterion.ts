/**
 * Criteria of numbers and quantities, https://hl7.org/fhir/R4/search.html#quantity. Units are compared as
 * they are written; nothing is converted.
 */
import { PosternError } from '../../base/errors.ts';
import { isObject, type JsonObject } from '../fhir-resource.ts';
import { meetsNumber, type NumberRange, parseNumberCriterion } from './number-range.ts';
import type { Parameter } from './parameters.ts';
import { partsOf } from './search-value.ts';
import { testedOnly, type Wanted } from './wanted.ts';

/** The system of a Money's currency. */
const CURRENCIES = 'urn:iso:std:iso:4217';

export function wantedNumber({ code }: Parameter, text: string): Wanted {
  const criterion = parseNumberCriterion(code, text);
  return testedOnly((value) => {
    const range = typeof value === 'number' ? { low: value, high: value } : quantityRange(value);
    return range !== null && meetsNumber(criterion, range);
  });
}

/** `number`, `number|system|code` or `number||unit`. Throws `invalid` for anything else. */
export function wantedQuantity({ code: param }: Parameter, text: string): Wanted {
  const [number = '', system = '', code = '', ...rest] = partsOf(text);
  if (rest.length > 0 || (system !== '' && code === '')) {
    throw new PosternError('invalid', `${param} takes a number, number|system|code or number||unit.`);
  }
  const criterion = parseNumberCriterion(param, number);
  return testedOnly((value) => {
    const range = quantityRange(value);
    if (range === null || !meetsNumber(criterion, range)) return false;
    return code === '' || unitsOf(value as JsonObject).some((unit) => hasUnit(unit, system, code));
  });
}

/** The range of a Quantity with its comparator, of a Range, of Money; null for anything else. */
export function quantityRange(value: unknown): NumberRange | null {
  if (!isObject(value)) return null;
  if (typeof value.value === 'number') return compared(value.value, value.comparator);
  const [low, high] = [numberIn(value.low), numberIn(value.high)];
  if (low === null && high === null) return null;
  return { low: low ?? Number.NEGATIVE_INFINITY, high: high ?? Number.POSITIVE_INFINITY };
}

/** `<5` is anything below: what is measured so is between nothing and five. */
function compared(value: number, comparator: unknown): NumberRange {
  const beyond = Math.abs(value) * Number.EPSILON || Number.MIN_VALUE;
  switch (comparator) {
    case '<':
      return { low: Number.NEGATIVE_INFINITY, high: value - beyond };
    case '<=':
      return { low: Number.NEGATIVE_INFINITY, high: value };
    case '>':
      return { low: value + beyond, high: Number.POSITIVE_INFINITY };
    case '>=':
      return { low: value, high: Number.POSITIVE_INFINITY };
    default:
      return { low: value, high: value };
  }
}

function numberIn(quantity: unknown): number | null {
  return isObject(quantity) && typeof quantity.value === 'number' ? quantity.value : null;
}

function unitsOf(value: JsonObject): JsonObject[] {
  return [value, value.low, value.high].filter(isObject);
}

function hasUnit(unit: JsonObject, system: string, code: string): boolean {
  if (typeof unit.currency === 'string') {
    return unit.currency === code && (system === '' || system === CURRENCIES);
  }
  if (system !== '') return unit.system === system && unit.code === code;
  return unit.code === code || unit.unit === code;
}
