/**
 * The layout of C2SP tlog-tiles: which tiles a tree of a given size has, their paths, and the bytes of an
 * entry bundle. Pure; `tile-store.ts` reads and writes them.
 */

/** Hashes in a full tile, and leaves in a full entry bundle. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

export interface Tile {
  /** 0 holds leaf hashes; one level up, each hash is the head of a full tile below. */
  level: number;
  index: number;
  /** 1 to 256 hashes; below 256 the tile is partial. */
  width: number;
}

/** A tile's index in three-digit path elements: 1234067 is `x001/x234/067`. */
export function indexPath(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

function suffix(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${indexPath(index)}${suffix(width)}`;
}

export function entriesPath(index: number, width: number): string {
  return `tile/entries/${indexPath(index)}${suffix(width)}`;
}

/** Hashes at a level of a tree: each stands for 256^level leaves that all exist. */
export function hashesAtLevel(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Width of the tile at this place in a tree of this size; 0 where the tree does not reach it. */
export function tileWidth(size: number, level: number, index: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, hashesAtLevel(size, level) - index * TILE_WIDTH));
}

/** The tiles that a tree gained or widened by growing from `from` to `to` leaves, level by level. */
export function tilesGrown(from: number, to: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAtLevel(to, level) > 0; level += 1) {
    const before = hashesAtLevel(from, level);
    const after = hashesAtLevel(to, level);
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < after; index += 1) {
      const width = tileWidth(to, level, index);
      if (width > tileWidth(from, level, index)) tiles.push({ level, index, width });
    }
  }
  return tiles;
}

/** Leaves, each behind its length as a big-endian uint16. */
export function encodeEntries(leaves: readonly Buffer[]): Buffer {
  return Buffer.concat(
    leaves.flatMap((leaf) => {
      const length = Buffer.allocUnsafe(2);
      length.writeUInt16BE(leaf.length);
      return [length, leaf];
    }),
  );
}

/** The leaves of an entry bundle, or `null` where the bytes are not one. */
export function decodeEntries(bundle: Buffer): Buffer[] | null {
  const leaves: Buffer[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (at + 2 > bundle.length) return null;
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) return null;
    leaves.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return leaves;
}
