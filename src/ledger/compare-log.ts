/**
 * Holds the log against what was signed. Pure: sequences of leaves and signed tree heads in, findings out.
 *
 * A signed head vouches for every leaf below it, so whichever place still yields the head of the largest
 * signed tree is the reference, and everything else is compared with it leaf by leaf. Where no place does,
 * the history was rewritten everywhere; it can then be said between which signed heads, but not what stood
 * there.
 */
import { type Finding, finding } from './finding.ts';
import type { DatabaseLog, LeafSequence } from './log-source.ts';
import { CompactRange } from './merkle.ts';
import type { TreeHead } from './merkle-proof.ts';

export interface Reference extends LeafSequence {
  /** Leaves that a signed head vouches for. */
  size: number;
}

/** Sizes, among the signed ones, at which these leaves have the signed head. */
function matchedSizes(hashes: LeafSequence['hashes'], signed: readonly TreeHead[]): Set<number> {
  const matched = new Set<number>();
  const range = new CompactRange();
  for (const head of signed) {
    while (range.size < head.size) {
      const next = hashes[range.size];
      if (next == null) return matched;
      range.append(next);
    }
    if (range.root().equals(head.root)) matched.add(head.size);
  }
  return matched;
}

/** The place that agrees with the largest signed head. `signed` is in the order of size. */
export function chooseReference(places: readonly LeafSequence[], signed: readonly TreeHead[]): Reference {
  let best: Reference = { ids: [], hashes: [], size: 0 };
  for (const place of places) {
    const size = [...matchedSizes(place.hashes, signed)].at(-1) ?? 0;
    if (size > best.size) best = { ids: place.ids, hashes: place.hashes, size };
  }
  return best;
}

/** Signed heads that cannot be of one tree: two for a size, or one that the reference does not have. */
export function findForks(reference: Reference, signed: readonly TreeHead[]): Finding[] {
  const matched = matchedSizes(reference.hashes, signed);
  const findings: Finding[] = [];
  signed.forEach((head, i) => {
    const twin = signed[i - 1];
    if (twin?.size === head.size) {
      findings.push(
        finding('fork', `Two checkpoints of ${head.size} lines were signed with different heads.`, {
          seq: head.size - 1,
        }),
      );
    } else if (head.size <= reference.size && !matched.has(head.size)) {
      findings.push(
        finding('fork', `A signed checkpoint of ${head.size} lines is of another history.`, {
          seq: head.size - 1,
        }),
      );
    }
  });
  return findings;
}

/** Compares the database with the reference, leaf by leaf. */
export function compareWithReference(database: DatabaseLog, reference: Reference): Finding[] {
  const places = new Map<string, number>();
  const findings: Finding[] = [];
  const signedIds = new Map(reference.ids.slice(0, reference.size).map((id, seq) => [id, seq]));
  database.leaves.ids.forEach((id, seq) => {
    if (id === null) return;
    if (places.has(id)) findings.push(insertion(seq, id, 'A line is a leaf a second time.'));
    else places.set(id, seq);
    if (seq < reference.size && !signedIds.has(id)) {
      findings.push(insertion(seq, id, 'A leaf stands where another was signed.'));
    }
  });
  findings.push(...findMissing(database, reference, places));
  findings.push(...findEdits(database, reference, places));
  findings.push(...findReordered(reference, places));
  return findings;
}

function insertion(seq: number, lineId: string, message: string): Finding {
  return finding('insertion', message, { seq, lineId });
}

function findMissing(database: DatabaseLog, reference: Reference, places: Map<string, number>): Finding[] {
  const isThere = (seq: number) => {
    const place = places.get(reference.ids[seq] ?? '');
    return place !== undefined && database.lines.hashes[place] != null;
  };
  let end = reference.size;
  while (end > 0 && !isThere(end - 1)) end -= 1;
  const findings: Finding[] = [];
  for (let seq = 0; seq < end; seq += 1) {
    if (isThere(seq)) continue;
    const lineId = reference.ids[seq] ?? null;
    const lineLeft = lineId !== null && places.has(lineId) === false;
    const what = lineLeft ? 'A line that was signed is no leaf any more.' : 'A line that was signed is gone.';
    findings.push(finding('deletion', what, { seq, lineId }));
  }
  if (end < reference.size) {
    findings.push(
      finding('truncation', `The last ${reference.size - end} lines that were signed are gone.`, {
        seq: end,
        upTo: reference.size - 1,
        lineId: reference.ids[end] ?? null,
      }),
    );
  }
  return findings;
}

function findEdits(database: DatabaseLog, reference: Reference, places: Map<string, number>): Finding[] {
  const findings: Finding[] = [];
  for (let seq = 0; seq < reference.size; seq += 1) {
    const lineId = reference.ids[seq];
    const place = lineId == null ? undefined : places.get(lineId);
    if (lineId == null || place === undefined) continue;
    const signed = reference.hashes[seq]!;
    const line = database.lines.hashes[place];
    if (line != null && !line.equals(signed)) {
      findings.push(finding('edit', 'A line says something else than was signed.', { seq, lineId }));
    } else if (line != null && !database.leaves.hashes[place]?.equals(signed)) {
      findings.push(finding('edit', 'The hash of a leaf is not that of its line.', { seq, lineId }));
    }
  }
  return findings;
}

/** Runs of leaves that are all there but in another order. */
function findReordered(reference: Reference, places: Map<string, number>): Finding[] {
  const common = reference.ids
    .slice(0, reference.size)
    .map((id, seq) => ({ id, seq, place: id === null ? undefined : places.get(id) }))
    .filter((leaf): leaf is { id: string; seq: number; place: number } => leaf.place !== undefined);
  const found = common.toSorted((a, b) => a.place - b.place);
  const findings: Finding[] = [];
  let start = 0;
  for (let i = 0; i <= common.length; i += 1) {
    if (i < common.length && common[i]!.id !== found[i]!.id) continue;
    if (i > start) {
      const first = common[start]!;
      findings.push(
        finding('reordering', 'Lines stand in another order than was signed.', {
          seq: first.seq,
          upTo: common[i - 1]!.seq,
          lineId: first.id,
        }),
      );
    }
    start = i + 1;
  }
  return findings;
}

/** What lies above the reference: signed, but in no place any more; or in the database, but never signed. */
export function compareBeyond(
  database: DatabaseLog,
  reference: Reference,
  signed: readonly TreeHead[],
): Finding[] {
  const findings: Finding[] = [];
  const { ids } = database.leaves;
  const claimed = signed.at(-1)?.size ?? 0;
  const contradicted = signed.find((head) => head.size > reference.size)?.size ?? claimed;
  const rewrittenEnd = Math.min(ids.length, contradicted);
  if (rewrittenEnd > reference.size) {
    findings.push(
      finding('fork', 'These lines are not those that were signed, and no place holds what was.', {
        seq: reference.size,
        upTo: rewrittenEnd - 1,
        lineId: ids[reference.size] ?? null,
      }),
    );
  }
  if (claimed > reference.size && claimed > ids.length) {
    findings.push(
      finding('truncation', `The last ${claimed - ids.length} lines that were signed are gone.`, {
        seq: ids.length,
        upTo: claimed - 1,
      }),
    );
  }
  for (let seq = claimed; seq < ids.length; seq += 1) {
    const id = ids[seq];
    if (id != null) findings.push(insertion(seq, id, 'A leaf is under no signed checkpoint.'));
  }
  return findings;
}
