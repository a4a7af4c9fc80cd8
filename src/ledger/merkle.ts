/**
 * The Merkle tree of RFC 6962 section 2.1 over SHA-256: leaf and node hashes, and the head of a tree that
 * only grows. Proofs are in `merkle-proof.ts`; both work on hashes alone and know nothing of what a leaf
 * means.
 *
 * Sizes and indexes are plain numbers; arithmetic avoids 32-bit operators, so trees up to 2^53 leaves hold.
 */
import { hash } from 'node:crypto';
import { invariant } from '../base/errors.ts';

export const HASH_BYTES = 32;

/** SHA-256: the one hash of the tree, the leaves and the notes. */
export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** The head of the empty tree. */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

/**
 * RFC 6962: a leaf and a node are hashed with different first bytes, so that neither passes for the other.
 */
export function leafHash(leaf: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(leaf.length + 1);
  bytes[0] = 0;
  bytes.set(leaf, 1);
  return sha256(bytes);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + 2 * HASH_BYTES);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH_BYTES);
  return sha256(bytes);
}

/** A subtree whose 2^level leaves all exist; `index` counts such subtrees from the left. */
export interface CompleteSubtree {
  level: number;
  index: number;
}

/** Leaves `begin` (inclusive) to `end` (exclusive). */
export interface LeafRange {
  begin: number;
  end: number;
}

/** The largest power of two strictly below `size`; where RFC 6962 splits a tree of `size` leaves. */
export function splitPoint(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/**
 * The complete subtrees that make up a range, from left to right. The range must be one that RFC 6962 hashes
 * as a unit, that is, begin at a multiple of the power of two that covers it.
 */
export function completeSubtrees({ begin, end }: LeafRange): CompleteSubtree[] {
  const subtrees: CompleteSubtree[] = [];
  let from = begin;
  while (from < end) {
    let level = 0;
    while (2 ** (level + 1) <= end - from) level += 1;
    subtrees.push({ level, index: from / 2 ** level });
    from += 2 ** level;
  }
  return subtrees;
}

/** The hash of a range from the hashes of its complete subtrees (left to right). */
export function foldSubtrees(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return EMPTY_ROOT;
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The head of a tree from its leaf hashes. */
export function rootOf(leafHashes: Iterable<Buffer>): Buffer {
  const range = new CompactRange();
  for (const leaf of leafHashes) range.append(leaf);
  return range.root();
}

/**
 * The right edge of a growing tree: one hash per one-bit of its size. Appending costs amortised one node
 * hash, and the head is there at any size.
 */
export class CompactRange {
  #size = 0;
  /** Hashes of the complete subtrees of [0, size), largest first. */
  #hashes: Buffer[] = [];

  static from(size: number, hashes: readonly Buffer[]): CompactRange {
    const expected = completeSubtrees({ begin: 0, end: size }).length;
    invariant(hashes.length === expected, 'a compact range has one hash per one-bit of its size');
    const range = new CompactRange();
    range.#size = size;
    range.#hashes = [...hashes];
    return range;
  }

  get size(): number {
    return this.#size;
  }

  clone(): CompactRange {
    return CompactRange.from(this.#size, this.#hashes);
  }

  append(leaf: Buffer): void {
    let hashed = leaf;
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) {
      hashed = nodeHash(this.#hashes.pop()!, hashed);
    }
    this.#hashes.push(hashed);
    this.#size += 1;
  }

  root(): Buffer {
    return foldSubtrees(this.#hashes);
  }
}
