/** Rounds taken in turn, so that a busy machine slows all sides alike, and what is told of them. */

export const ROUNDS = 5;
/** Rounds until a server's code has been compiled: it runs for weeks, and is measured as it is then. */
export const UNTIL_WARM = 4;

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which that share of the values lies; NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Rounds of each side in turn, after some to warm up; the results of each side in the order of the sides. */
export async function inTurn<Result>(
  sides: readonly (() => Promise<Result>)[],
  rounds = ROUNDS,
  warmUps = 1,
): Promise<Result[][]> {
  const results: Result[][] = sides.map(() => []);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [at, side] of sides.entries()) {
      const result = await side();
      if (round >= 0) results[at]!.push(result);
    }
  }
  return results;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it should be; a figure without one is for orientation. */
  readonly goal?: { readonly atLeast: number } | { readonly below: number };
}

export function describe({ name, value, unit, goal }: Figure): string {
  const shown = Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  const text = `  ${name.padEnd(62)} ${shown.padStart(9)} ${unit.padEnd(12)}`;
  if (goal === undefined) return text.trimEnd();
  const reached = 'atLeast' in goal ? value >= goal.atLeast : value < goal.below;
  const wanted = 'atLeast' in goal ? `at least ${goal.atLeast}` : `below ${goal.below}`;
  return `${text} ${reached ? 'reached' : 'MISSED'} (${wanted})`;
}
