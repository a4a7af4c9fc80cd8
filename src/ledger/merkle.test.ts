import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CompactRange,
  type CompleteSubtree,
  completeSubtrees,
  EMPTY_ROOT,
  leafHash,
  nodeHash,
  rootOf,
} from './merkle.ts';
import {
  consistencyRanges,
  hashOfRange,
  inclusionRanges,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts';

/** RFC 6962 section 2.1 word for word: slow, recursive, and with no thought of its own. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leafHash(leaves[0]!);
  const k = naiveSplit(leaves.length);
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

function naiveSplit(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1);
}

function naivePath(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = naiveSplit(leaves.length);
  if (m < k) return [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))];
  return [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

function naiveProof(m: number, leaves: readonly Buffer[], whole = true): Buffer[] {
  const n = leaves.length;
  if (m === n) return whole ? [] : [naiveRoot(leaves)];
  const k = naiveSplit(n);
  if (m <= k) return [...naiveProof(m, leaves.slice(0, k), whole), naiveRoot(leaves.slice(k))];
  return [...naiveProof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) => Buffer.from(`leaf ${i}`));

const sourceOf = (leaves: readonly Buffer[]) => (subtree: CompleteSubtree) =>
  naiveRoot(leaves.slice(subtree.index * 2 ** subtree.level, (subtree.index + 1) * 2 ** subtree.level));

/** The eight leaves and heads that implementations of certificate transparency test themselves with. */
const KNOWN_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const KNOWN_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the head of a tree', () => {
  it('has the known answers of certificate transparency at every size from 0 to 8', () => {
    expect(EMPTY_ROOT.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    const range = new CompactRange();
    KNOWN_LEAVES.forEach((leaf, i) => {
      range.append(leafHash(Buffer.from(leaf, 'hex')));
      expect(range.root().toString('hex')).toBe(KNOWN_ROOTS[i]);
    });
  });

  it('agrees with the recursive definition at any size, also continued from its right edge', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(70), fc.nat(70), async (first, more) => {
        const leaves = leavesOf(first + more);
        const hashes = leaves.map(leafHash);
        expect(rootOf(hashes)).toEqual(naiveRoot(leaves));
        const edge = completeSubtrees({ begin: 0, end: first }).map(sourceOf(leaves));
        const range = CompactRange.from(first, edge);
        for (const hash of hashes.slice(first)) range.append(hash);
        expect(range.root()).toEqual(naiveRoot(leaves));
      }),
    );
  });
});

describe('an inclusion proof', () => {
  it('equals PATH of RFC 6962 and verifies, for any leaf of any tree', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.nat(), async (size, pick) => {
        const leaves = leavesOf(size);
        const index = pick % size;
        const proof = await proveInclusion(index, size, sourceOf(leaves));
        expect(proof).toEqual(naivePath(index, leaves));
        expect(verifyInclusion(leafHash(leaves[index]!), index, size, naiveRoot(leaves), proof)).toBe(true);
      }),
    );
  });

  it('fails for another leaf, index, size or root, and with any hash changed, missing or added', async () => {
    for (let size = 1; size <= 20; size += 1) {
      const leaves = leavesOf(size);
      const root = naiveRoot(leaves);
      for (let index = 0; index < size; index += 1) {
        const leaf = leafHash(leaves[index]!);
        const proof = await proveInclusion(index, size, sourceOf(leaves));
        const no = (...given: Parameters<typeof verifyInclusion>) =>
          expect(verifyInclusion(...given)).toBe(false);
        no(leafHash(Buffer.from('other')), index, size, root, proof);
        no(leaf, index, size, leafHash(root), proof);
        no(leaf, size, size, root, proof);
        no(leaf, -1, size, root, proof);
        no(leaf, index, size, root, [...proof, leaf]);
        if (size > 1) {
          no(leaf, (index + 1) % size, size, root, proof);
          no(leaf, index, size, root, proof.slice(1));
          no(leaf, index, size, root, proof.with(0, leafHash(proof[0]!)));
        }
      }
    }
  });
});

describe('a consistency proof', () => {
  it('equals PROOF of RFC 6962 and verifies, for any two sizes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(80), fc.nat(80), async (a, b) => {
        const [older, newer] = [Math.min(a, b), Math.max(a, b)];
        const leaves = leavesOf(newer);
        const proof = await proveConsistency(older, newer, sourceOf(leaves));
        if (older > 0) expect(proof).toEqual(naiveProof(older, leaves));
        const heads = [older, newer].map((size) => ({ size, root: naiveRoot(leaves.slice(0, size)) }));
        expect(verifyConsistency(heads[0]!, heads[1]!, proof)).toBe(true);
      }),
    );
  });

  it('fails where a leaf of the older tree was changed, or a hash changed, missing or added', async () => {
    for (let newer = 1; newer <= 17; newer += 1) {
      const leaves = leavesOf(newer);
      const head = { size: newer, root: naiveRoot(leaves) };
      for (let older = 1; older <= newer; older += 1) {
        const before = { size: older, root: naiveRoot(leaves.slice(0, older)) };
        const proof = await proveConsistency(older, newer, sourceOf(leaves));
        for (let i = 0; i < older; i += 1) {
          const edited = leaves.with(i, Buffer.from('edited'));
          const forged = { size: newer, root: naiveRoot(edited) };
          const forgedProof = await proveConsistency(older, newer, sourceOf(edited));
          expect(verifyConsistency(before, forged, forgedProof)).toBe(false);
        }
        expect(verifyConsistency(before, head, [...proof, before.root])).toBe(false);
        expect(verifyConsistency(head, before, proof)).toBe(older === newer);
        if (proof.length > 0) {
          expect(verifyConsistency(before, head, proof.slice(1))).toBe(false);
          expect(verifyConsistency(before, head, proof.with(0, leafHash(proof[0]!)))).toBe(false);
        }
      }
    }
  });

  it('plans only ranges that complete subtrees make up, so that tiles can answer them', async () => {
    const leaves = leavesOf(37);
    for (const range of [...inclusionRanges(21, 37), ...consistencyRanges(13, 37)]) {
      expect(await hashOfRange(range, sourceOf(leaves))).toEqual(
        naiveRoot(leaves.slice(range.begin, range.end)),
      );
    }
  });
});
