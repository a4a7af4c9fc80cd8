/**
 * The frequency attack on the blind index: tokens are matched to values by how often both occur. The attacker
 * has the rows and no key; what is called his knowledge is what he is granted about the population.
 */

/** The same token or value, with the rows it stands on. */
export type Occurrences = ReadonlyMap<string, ReadonlySet<string>>;

/** Counts on how many rows each name stands. */
export function occurrences(rows: Iterable<readonly [name: string, row: string]>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [name, row] of rows) {
    const standing = found.get(name);
    if (standing === undefined) found.set(name, new Set([row]));
    else standing.add(row);
  }
  return found;
}

/** Guesses each token's value by rank: the commonest token is the commonest value, and so on. */
export function matchByRank(tokens: Occurrences, known: Occurrences): Map<string, string> {
  const byCount = (all: Occurrences) =>
    [...all].sort(([a, rowsA], [b, rowsB]) => rowsB.size - rowsA.size || (a < b ? -1 : 1));
  const values = byCount(known);
  const guesses = new Map<string, string>();
  for (const [rank, [token]] of byCount(tokens).entries()) {
    const value = values[rank];
    if (value !== undefined) guesses.set(token, value[0]);
  }
  return guesses;
}

/**
 * Recognises rows of a list that the attacker has in plaintext: by how often each of a row's tokens occurs,
 * and each of its values, where no other row looks the same. Answers guesses of known rows by row.
 */
export function matchBySignature(tokens: Occurrences, known: Occurrences): Map<string, string> {
  const unique = (all: Occurrences) => {
    const counts = new Map<string, number[]>();
    for (const rows of all.values()) {
      for (const row of rows) counts.set(row, [...(counts.get(row) ?? []), rows.size]);
    }
    const bySignature = new Map<string, string[]>();
    for (const [row, sizes] of counts) {
      const signature = sizes.sort((a, b) => a - b).join(' ');
      bySignature.set(signature, [...(bySignature.get(signature) ?? []), row]);
    }
    return new Map(
      [...bySignature].filter(([, rows]) => rows.length === 1).map(([key, rows]) => [key, rows[0]!]),
    );
  };
  const theirs = unique(known);
  const guesses = new Map<string, string>();
  for (const [signature, row] of unique(tokens)) {
    const guess = theirs.get(signature);
    if (guess !== undefined) guesses.set(row, guess);
  }
  return guesses;
}

/**
 * The share of marks, or of pairs of marks of the same row, that no other row has: who knows one knows the
 * row.
 */
export function tellingShare(marks: ReadonlyMap<string, ReadonlySet<string>>, size: 1 | 2): number {
  let [telling, all] = [0, 0];
  for (const [row, own] of marks) {
    const list = [...own];
    const combinations =
      size === 1
        ? list.map((mark) => [mark])
        : list.flatMap((a, at) => list.slice(at + 1).map((b) => [a, b]));
    all += combinations.length;
    telling += combinations.filter((some) =>
      [...marks].every(([other, theirs]) => other === row || !some.every((mark) => theirs.has(mark))),
    ).length;
  }
  return telling / all;
}
