/**
 * Combinations of independent choices: all of them, or so few that every pair of choices still meets in one
 * (pairwise testing; most faults need no more than two choices to show). Deterministic for a seed.
 */

/** What there is to choose from, by the name of the choice. */
export type Choices<Case> = { readonly [Name in keyof Case]: readonly Case[Name][] };

/** Whether a combination makes sense. Asked of whole cases only. */
export type Possible<Case> = (combination: Case) => boolean;

/** Every possible combination, one after the other. */
export function* everyCase<Case extends object>(
  choices: Choices<Case>,
  possible: Possible<Case> = () => true,
): Iterable<Case> {
  const names = Object.keys(choices) as (keyof Case)[];
  const extend = function* (chosen: Partial<Case>, depth: number): Iterable<Case> {
    const name = names[depth];
    if (name === undefined) {
      if (possible(chosen as Case)) yield chosen as Case;
      return;
    }
    for (const value of choices[name]) yield* extend({ ...chosen, [name]: value }, depth + 1);
  };
  yield* extend({}, 0);
}

/**
 * Few cases in which every pair of choices that can meet does. Greedy: each case begins with a pair that has
 * not met yet, and takes from every other choice what brings the most new pairs.
 */
export function pairwiseCases<Case extends object>(
  choices: Choices<Case>,
  seed: number,
  possible: Possible<Case> = () => true,
): Case[] {
  return new Pairing(choices, random(seed), possible).cases();
}

type Row = readonly (number | null)[];

class Pairing<Case extends object> {
  readonly #names: (keyof Case)[];
  readonly #values: readonly (readonly unknown[])[];
  readonly #possible: Possible<Case>;
  readonly #random: () => number;
  /** Pairs that have not met, as `place:value/place:value`, the smaller place first. */
  readonly #open = new Set<string>();

  constructor(choices: Choices<Case>, draw: () => number, possible: Possible<Case>) {
    this.#names = Object.keys(choices) as (keyof Case)[];
    this.#values = this.#names.map((name) => choices[name]);
    this.#random = draw;
    this.#possible = possible;
    for (let left = 0; left < this.#values.length; left += 1) {
      for (let right = left + 1; right < this.#values.length; right += 1) this.#openPairs(left, right);
    }
  }

  cases(): Case[] {
    const made: Case[] = [];
    for (const pair of this.#open) {
      const row = this.#complete(rowOf(pair, this.#names.length));
      // A pair that no possible case holds has nothing to meet in.
      this.#open.delete(pair);
      if (row === null) continue;
      for (const met of pairsOf(row)) this.#open.delete(met);
      made.push(this.#caseOf(row));
    }
    return made;
  }

  #openPairs(left: number, right: number): void {
    for (const one of this.#values[left]!.keys()) {
      for (const other of this.#values[right]!.keys()) this.#open.add(pairOf(left, one, right, other));
    }
  }

  /** The row with its gaps filled, best choice first, going back where that leads nowhere. */
  #complete(row: Row): Row | null {
    const place = row.indexOf(null);
    if (place === -1) return this.#possible(this.#caseOf(row)) ? row : null;
    for (const value of this.#ranked(row, place)) {
      const completed = this.#complete(row.with(place, value));
      if (completed !== null) return completed;
    }
    return null;
  }

  #ranked(row: Row, place: number): number[] {
    const ranks = [...this.#values[place]!.keys()].map((value) => {
      let gain = this.#random();
      for (const [other, chosen] of row.entries()) {
        if (chosen !== null && this.#open.has(pairOf(place, value, other, chosen))) gain += 1;
      }
      return [gain, value] as const;
    });
    return ranks.sort(([a], [b]) => b - a).map(([, value]) => value);
  }

  #caseOf(row: Row): Case {
    const entries = this.#names.map((name, place) => [name, this.#values[place]![row[place]!]]);
    return Object.fromEntries(entries) as Case;
  }
}

function pairOf(place: number, value: number, other: number, chosen: number): string {
  return place < other ? `${place}:${value}/${other}:${chosen}` : `${other}:${chosen}/${place}:${value}`;
}

function rowOf(pair: string, length: number): Row {
  const row = new Array<number | null>(length).fill(null);
  for (const part of pair.split('/')) {
    const [place, value] = part.split(':').map(Number);
    row[place!] = value!;
  }
  return row;
}

function* pairsOf(row: Row): Iterable<string> {
  for (let left = 0; left < row.length; left += 1) {
    for (let right = left + 1; right < row.length; right += 1) {
      yield pairOf(left, row[left]!, right, row[right]!);
    }
  }
}

/** Mulberry32: the same numbers in [0, 1) for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
