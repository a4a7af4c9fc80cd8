/** Names that look like settings and are none: what was meant, as far as that can be told. Pure. */

const PREFIX = 'POSTERN_';

/** Read from the environment by others than the configuration: a vault's PIN, tests and benchmarks. */
const ELSEWHERE = /^POSTERN_(PKCS11_\w+|SHARED_DATA|(TEST|BENCH)_\w+)$/;

export interface UnknownName {
  readonly name: string;
  /** The setting that was probably meant; null where none is near. */
  readonly meant: string | null;
}

/** Every name of those given that starts as a setting does, and is neither one nor read elsewhere. */
export function unknownNames(given: readonly string[], known: readonly string[]): UnknownName[] {
  return given
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !ELSEWHERE.test(name))
    .map((name) => ({ name, meant: nearest(name, known) }));
}

/** The one that a slip or two turns into it, or that it is the beginning of. */
function nearest(name: string, known: readonly string[]): string | null {
  const slip = known
    .map((each) => ({ each, slips: slipsBetween(name, each) }))
    .sort((one, other) => one.slips - other.slips)[0];
  // More than one in three letters is no slip.
  const most = Math.min(3, Math.floor((name.length - PREFIX.length) / 3));
  if (slip !== undefined && slip.slips <= most) return slip.each;
  return known.find((each) => each.startsWith(`${name}_`)) ?? null;
}

/** How many letters are put in, left out, replaced or swapped with the next (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      const swapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced, swapped ? before[j - 2]! + 1 : replaced));
    }
    [before, row] = [row, next];
  }
  return row[other.length]!;
}
