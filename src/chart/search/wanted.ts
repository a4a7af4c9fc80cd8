/** What one value of a criterion asks of an extracted value, and by which terms of the index it is found. */
import { PosternError } from '../../base/errors.ts';
import type { ChartId } from '../../base/ids.ts';
import type { DateBounds } from './date-criterion.ts';
import type { Parameter } from './parameters.ts';

export interface LookUp {
  readonly param: string;
  readonly value: string;
  /** The one chart in which it can stand; absent where any may hold it. */
  readonly chart?: ChartId;
}

/** Null terms mean that only the test finds it. */
export interface Wanted {
  readonly test: (value: unknown) => boolean;
  readonly tokens: readonly LookUp[] | null;
  readonly bounds: DateBounds | null;
}

/** Found by nothing but the test. */
export function testedOnly(test: (value: unknown) => boolean): Wanted {
  return { test, tokens: null, bounds: null };
}

/** The values as they are looked up among the parameters that index this one's. */
export function lookUpsOf({ through }: Parameter, values: readonly string[]): LookUp[] {
  return through.flatMap((param) => values.map((value) => ({ param, value })));
}

/** Throws `invalid` where there is a modifier; the message names the parameter alone. */
export function refuseModifier({ code }: Parameter, modifier: string | null): void {
  if (modifier !== null) throw new PosternError('invalid', `${code} does not take this modifier.`);
}
