/**
 * Tiles and entry bundles on disk, as C2SP tlog-tiles lays them out below one directory per log, so that any
 * static file server could publish them. A file is written whole (temporary name, fsync, rename) and a full
 * one never changes. Tiles can be made again from the access lines; what cannot is in `checkpoint-file.ts`.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PosternError } from '../base/errors.ts';
import { CompactRange, type CompleteSubtree, completeSubtrees, HASH_BYTES, leafHash } from './merkle.ts';
import type { HashSource } from './merkle-proof.ts';
import {
  decodeEntries,
  encodeEntries,
  entriesPath,
  TILE_HEIGHT,
  TILE_WIDTH,
  type Tile,
  tilePath,
  tilesGrown,
  tileWidth,
} from './tile-layout.ts';

/** To be handed what opening a file threw: `null` where there is none, and thrown on otherwise. */
export function ifThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** The file's bytes, or `null` where there is none. */
export function readIfThere(file: string): Promise<Buffer | null> {
  return readFile(file).catch(ifThere);
}

/** Replaces a file so that a reader, or a restart after a crash, sees the old one or the new one whole. */
export async function replaceFile(file: string, bytes: Buffer | string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

export function splitHashes(tile: Buffer): Buffer[] {
  return Array.from({ length: tile.length / HASH_BYTES }, (_, i) =>
    tile.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}

export class TileStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The hashes of a tile, or `null` where neither it nor the full tile in its place is there. */
  async hashes(tile: Tile): Promise<Buffer[] | null> {
    const bytes =
      (await this.#read(tilePath(tile))) ?? (await this.#read(tilePath({ ...tile, width: TILE_WIDTH })));
    if (bytes === null || bytes.length % HASH_BYTES !== 0 || bytes.length < tile.width * HASH_BYTES)
      return null;
    return splitHashes(bytes.subarray(0, tile.width * HASH_BYTES));
  }

  /** The leaves of an entry bundle, or `null` where it is not there or is damaged. */
  async entries(index: number, width: number): Promise<Buffer[] | null> {
    const bytes =
      (await this.#read(entriesPath(index, width))) ?? (await this.#read(entriesPath(index, TILE_WIDTH)));
    const leaves = bytes === null ? null : decodeEntries(bytes);
    return leaves === null || leaves.length < width ? null : leaves.slice(0, width);
  }

  /** Hashes of complete subtrees of a tree of this size. Throws `damaged` where a tile is missing. */
  source(size: number): HashSource {
    return async ({ level, index }: CompleteSubtree) => {
      const tileLevel = Math.floor(level / TILE_HEIGHT);
      const span = 2 ** (level % TILE_HEIGHT);
      const tileIndex = Math.floor((index * span) / TILE_WIDTH);
      const tile = { level: tileLevel, index: tileIndex, width: tileWidth(size, tileLevel, tileIndex) };
      const hashes = tile.width === 0 ? null : await this.hashes(tile);
      const first = (index * span) % TILE_WIDTH;
      if (hashes === null || hashes.length < first + span) {
        throw new PosternError(
          'damaged',
          `The tile ${tilePath(tile)} of the access log is missing or damaged.`,
        );
      }
      return perfectRoot(hashes.slice(first, first + span));
    };
  }

  /** The right edge of the tree of this size. Throws `damaged` where a tile is missing. */
  async range(size: number): Promise<CompactRange> {
    const source = this.source(size);
    const hashes = await Promise.all(completeSubtrees({ begin: 0, end: size }).map(source));
    return CompactRange.from(size, hashes);
  }

  /**
   * Adds leaves to a tree of `from` leaves and removes partial tiles that have become full. Doing it again
   * writes the same bytes. Throws `damaged` where what is there does not reach `from`.
   */
  async append(from: number, leaves: readonly Buffer[]): Promise<void> {
    const to = from + leaves.length;
    const hashed = leaves.map(leafHash);
    for (const tile of tilesGrown(from, to)) {
      const start = tile.index * TILE_WIDTH;
      if (tile.level === 0) {
        const kept = Math.max(0, from - start);
        const old = kept === 0 ? [] : await this.entries(tile.index, kept);
        const oldHashes = kept === 0 ? [] : await this.hashes({ ...tile, width: kept });
        if (old === null || oldHashes === null) throw missing(tile);
        const [begin, end] = [start + kept - from, start + tile.width - from];
        await this.#write(
          entriesPath(tile.index, tile.width),
          encodeEntries([...old, ...leaves.slice(begin, end)]),
        );
        await this.#writeTile(tile, [...oldHashes, ...hashed.slice(begin, end)]);
      } else {
        await this.#writeTile(tile, await this.#headsBelow(tile));
      }
    }
  }

  async #headsBelow(tile: Tile): Promise<Buffer[]> {
    const heads: Buffer[] = [];
    const kept = await this.#widestPartial(tile);
    heads.push(...kept);
    for (let i = kept.length; i < tile.width; i += 1) {
      const below = { level: tile.level - 1, index: tile.index * TILE_WIDTH + i, width: TILE_WIDTH };
      const hashes = await this.hashes(below);
      if (hashes === null) throw missing(below);
      heads.push(perfectRoot(hashes));
    }
    return heads;
  }

  /** What an earlier, narrower form of the tile already holds, to spare reading all tiles below it. */
  async #widestPartial(tile: Tile): Promise<Buffer[]> {
    for (let width = tile.width - 1; width > Math.max(0, tile.width - 20); width -= 1) {
      const hashes = await this.hashes({ ...tile, width });
      if (hashes !== null) return hashes;
    }
    return [];
  }

  async #writeTile(tile: Tile, hashes: readonly Buffer[]): Promise<void> {
    await this.#write(tilePath(tile), Buffer.concat(hashes));
    if (tile.width < TILE_WIDTH) return;
    const partials = [
      `${tilePath(tile)}.p`,
      ...(tile.level === 0 ? [`${entriesPath(tile.index, TILE_WIDTH)}.p`] : []),
    ];
    for (const partial of partials) {
      await rm(path.join(this.directory, partial), { recursive: true, force: true });
    }
  }

  #read(name: string): Promise<Buffer | null> {
    return readIfThere(path.join(this.directory, name));
  }

  #write(name: string, bytes: Buffer): Promise<void> {
    return replaceFile(path.join(this.directory, name), bytes);
  }
}

function missing(tile: Tile): PosternError {
  return new PosternError('damaged', `The tile ${tilePath(tile)} of the access log is missing or damaged.`);
}

/** The head of a complete subtree from its 2^n hashes. */
function perfectRoot(hashes: readonly Buffer[]): Buffer {
  const range = new CompactRange();
  for (const hash of hashes) range.append(hash);
  return range.root();
}
