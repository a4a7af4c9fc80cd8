/**
 * Inclusion and consistency proofs of RFC 6962 section 2.1.1 and 2.1.2, verified as in RFC 9162 section
 * 2.1.3.2 and 2.1.4.2. A proof is planned first as ranges of leaves, so that a caller can fetch the hashes he
 * needs from tiles; then it is folded together. Making a proof trusts its source of hashes; verifying trusts
 * nothing.
 */
import { invariant } from '../base/errors.ts';
import {
  type CompleteSubtree,
  completeSubtrees,
  EMPTY_ROOT,
  foldSubtrees,
  HASH_BYTES,
  type LeafRange,
  nodeHash,
  splitPoint,
} from './merkle.ts';

/** Where hashes of complete subtrees come from: tiles, or an array in a test. */
export type HashSource = (subtree: CompleteSubtree) => Promise<Buffer> | Buffer;

export async function hashOfRange(range: LeafRange, source: HashSource): Promise<Buffer> {
  return foldSubtrees(await Promise.all(completeSubtrees(range).map(source)));
}

/** RFC 6962 PATH(index, D[size]): the ranges whose hashes prove a leaf, from the leaf upwards. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  invariant(index >= 0 && index < size, 'a leaf proved is in its tree');
  const ranges: LeafRange[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitPoint(end - begin);
    if (index < middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  return ranges.reverse();
}

/** RFC 6962 PROOF(older, D[newer]): the ranges whose hashes prove that the older tree is a prefix. */
export function consistencyRanges(older: number, newer: number): LeafRange[] {
  invariant(older >= 0 && older <= newer, 'an older tree is not larger than the newer');
  if (older === 0 || older === newer) return [];
  const ranges: LeafRange[] = [];
  let begin = 0;
  let end = newer;
  while (end !== older) {
    const middle = begin + splitPoint(end - begin);
    if (older <= middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  // Where what is left begins at leaf 0, it is the whole older tree, whose root the verifier has.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.reverse();
}

export async function proveInclusion(index: number, size: number, source: HashSource): Promise<Buffer[]> {
  return Promise.all(inclusionRanges(index, size).map((range) => hashOfRange(range, source)));
}

export async function proveConsistency(older: number, newer: number, source: HashSource): Promise<Buffer[]> {
  return Promise.all(consistencyRanges(older, newer).map((range) => hashOfRange(range, source)));
}

function wellFormed(...hashes: readonly Buffer[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}

const half = (n: number): number => Math.floor(n / 2);

/**
 * RFC 9162 section 2.1.3.2: whether `leaf` is the leaf number `index` of the tree with this size and root.
 */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  if (!wellFormed(leaf, root, ...proof)) return false;
  let fn = index;
  let sn = size - 1;
  let hashed = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hashed = nodeHash(sibling, hashed);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      hashed = nodeHash(hashed, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && hashed.equals(root);
}

export interface TreeHead {
  size: number;
  root: Buffer;
}

/** RFC 9162 section 2.1.4.2: whether the older tree is a prefix of the newer. */
export function verifyConsistency(older: TreeHead, newer: TreeHead, proof: readonly Buffer[]): boolean {
  if (older.size < 0 || older.size > newer.size) return false;
  if (!wellFormed(older.root, newer.root, ...proof)) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return proof.length === 0 && older.root.equals(EMPTY_ROOT);
  const path = [...proof];
  let fn = older.size - 1;
  let sn = newer.size - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  const seed = fn === 0 ? older.root : path.shift();
  if (seed === undefined) return false;
  let olderHash = seed;
  let newerHash = seed;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      olderHash = nodeHash(sibling, olderHash);
      newerHash = nodeHash(sibling, newerHash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      newerHash = nodeHash(newerHash, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && olderHash.equals(older.root) && newerHash.equals(newer.root);
}
