/**
 * The log of one practice, growing: lines become leaves, leaves a signed checkpoint, and both are carried to
 * the files outside the database.
 *
 * The database comes first: leaves and checkpoint are one transaction, and the files follow from it, so a
 * crash anywhere leaves files that are behind and catch up. Files that are ahead of the database mean that it
 * was set back or rewritten; then nothing is signed any more, since a log never signs two histories.
 */
import { PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import type { PracticeKeys } from '../seal/index.ts';
import { type Checkpoint, logOrigin, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { leafOf } from './leaf.ts';
import { type Queryable, type StoredRow, storedColumns, storedLine } from './line.ts';
import { CompactRange, leafHash } from './merkle.ts';
import { proveConsistency } from './merkle-proof.ts';
import { ed25519NoteKey, type NoteKey, type NoteSigner } from './note.ts';
import { TileStore } from './tile-store.ts';

/** The keys of a practice's log: the one that signs now, and public keys that signed before a rotation. */
export interface LogKeys {
  signer: NoteSigner;
  retired: readonly Buffer[];
}

/** The log keys among a practice's keys: the newest version signs. */
export function logKeysOf(keys: PracticeKeys): LogKeys {
  const current = keys.currentVersion('log');
  const { publicKey, sign } = keys.logSigner(current);
  const retired = keys.versions('log').filter((version) => version !== current);
  return {
    signer: { name: logOrigin(keys.practiceId), publicKey, sign },
    retired: retired.map((version) => keys.logSigner(version).publicKey),
  };
}

const PAGE = 2048;

interface HeadRow {
  leaves: string;
  last_line_there: boolean;
  size: string;
  note: string | null;
}

function refuse(what: string, cause?: unknown): PosternError {
  return new PosternError('damaged', `The access log is not continued: ${what}.`, { cause });
}

export class PracticeLog {
  readonly practiceId: PracticeId;
  readonly origin: string;
  readonly tiles: TileStore;
  readonly #signer: NoteSigner;
  readonly #keys: readonly NoteKey[];
  readonly #file: CheckpointFile;
  /** The newest checkpoint in the files, which the database must contain. */
  #anchor: Checkpoint | null = null;
  #range: CompactRange | null = null;
  /** Shown to see lines and make them leaves. */
  #ticket = '';

  /** `directory` is this log's own. */
  constructor(practiceId: PracticeId, directory: string, keys: LogKeys) {
    this.practiceId = practiceId;
    this.origin = logOrigin(practiceId);
    if (keys.signer.name !== this.origin) throw new Error('A log is signed under its own origin');
    this.tiles = new TileStore(directory);
    this.#signer = keys.signer;
    this.#file = new CheckpointFile(directory);
    this.#keys = [keys.signer.publicKey, ...keys.retired].map((key) => ed25519NoteKey(this.origin, key));
  }

  /** The newest checkpoint that has reached the files. */
  get head(): Checkpoint | null {
    return this.#anchor;
  }

  /** Proves that the tree of `older` leaves is a prefix of the tree of `newer`, from the tiles. */
  async prove(older: number, newer: number): Promise<Buffer[]> {
    return proveConsistency(older, newer, this.tiles.source(newer));
  }

  /** Keeps a checkpoint that witnesses have cosigned. */
  async keepCosigned(checkpoint: Checkpoint, note: string): Promise<void> {
    await this.#file.append(note, checkpoint.size === this.#anchor?.size);
  }

  /**
   * Sequences everything that is pending, with `limit` lines to a checkpoint, and brings the files up to
   * date. The caller holds the practice's advisory lock on `client`. Throws `damaged` where the database does
   * not continue what was signed before.
   */
  async advance(client: Queryable, limit: number, ticket: string): Promise<void> {
    this.#ticket = ticket;
    const head = await this.#head(client);
    // Where another process went on meanwhile, it has left the files as they should be.
    if (this.#range?.size !== Number(head.size)) this.#range = await this.#open();
    await this.#catchUp(client, Number(head.size));
    if (head.leaves !== head.size) throw refuse('it has leaves under no checkpoint');
    if (!head.last_line_there) throw refuse('the line of its last leaf is gone');
    for (let more = true; more; ) {
      more = (await this.#sequence(client, limit)) === limit;
    }
  }

  async #head(client: Queryable): Promise<HeadRow> {
    const { rows } = await client.query(
      `select h.leaves, h.last_line_there, h.size, h.note
       from postern.ledger_head($1) h`,
      [this.practiceId],
    );
    return rows[0] as HeadRow;
  }

  /** The right edge of the tree that the files hold; empty where tiles are to be made again. */
  async #open(): Promise<CompactRange> {
    const kept = (await this.#file.recentNotes()).map(parseCheckpoint).filter((read) => read !== null);
    const newest = kept.reduce<Checkpoint | null>((a, b) => (a !== null && a.size > b.size ? a : b), null);
    if (newest === null) return new CompactRange();
    this.#anchor = this.#believe(newest.note, 'the newest checkpoint in its file is not signed by its key');
    try {
      const range = await this.tiles.range(this.#anchor.size);
      return range.root().equals(this.#anchor.root) ? range : new CompactRange();
    } catch (error) {
      if (error instanceof PosternError && error.code === 'damaged') return new CompactRange();
      throw error;
    }
  }

  #believe(note: string, otherwise: string): Checkpoint {
    try {
      return openCheckpoint(note, this.origin, this.#keys);
    } catch (error) {
      throw refuse(otherwise, error);
    }
  }

  /** Carries to the files what this or another process had committed, checking every step. */
  async #catchUp(client: Queryable, size: number): Promise<void> {
    const anchor = this.#anchor;
    if (anchor !== null && anchor.size > size) throw refuse('the database holds less than was signed');
    let range = this.#range!;
    while (range.size < size) {
      const above = range.size;
      const { rows } = await client.query(
        `select c.size, c.note
         from postern.ledger_checkpoints($1, $2, $3) c`,
        [this.practiceId, above, PAGE],
      );
      const signed = (rows as { note: string }[]).map(({ note }) =>
        this.#believe(note, 'a checkpoint in the database is not signed by its key'),
      );
      if (anchor !== null && anchor.size > above) signed.push(anchor);
      signed.sort((a, b) => a.size - b.size);
      if (signed.length === 0) throw refuse('checkpoints are missing');
      for (const checkpoint of signed) {
        range = await this.#catchUpTo(client, range, checkpoint);
      }
    }
  }

  async #catchUpTo(client: Queryable, from: CompactRange, checkpoint: Checkpoint): Promise<CompactRange> {
    const range = from.clone();
    while (range.size < checkpoint.size) {
      const leaves = await this.#committedLeaves(client, range.size, checkpoint.size);
      await this.tiles.append(range.size, leaves);
      for (const leaf of leaves) range.append(leafHash(leaf));
    }
    if (!range.root().equals(checkpoint.root)) throw refuse('its lines are not those that were signed');
    if (checkpoint.size > (this.#anchor?.size ?? 0)) await this.#publish(checkpoint);
    this.#range = range;
    return range;
  }

  async #committedLeaves(client: Queryable, from: number, to: number): Promise<Buffer[]> {
    const { rows } = await client.query(
      `select f.seq, f.leaf_hash, ${storedColumns('(f.line)')}
       from postern.ledger_leaves($1, $2, $3, $4) f`,
      [this.practiceId, from, Math.min(PAGE, to - from), this.#ticket],
    );
    const leaves = (rows as (StoredRow & { seq: string; leaf_hash: Buffer })[]).map((row, i) => {
      const leaf = row.id === null || Number(row.seq) !== from + i ? null : leafOf(storedLine(row));
      if (leaf === null || !leafHash(leaf).equals(row.leaf_hash))
        throw refuse(`leaf ${from + i} is not its line's`);
      return leaf;
    });
    if (leaves.length === 0) throw refuse(`leaf ${from} is missing`);
    return leaves;
  }

  async #sequence(client: Queryable, limit: number): Promise<number> {
    const { rows } = await client.query(
      `select ${storedColumns('l')}
       from postern.ledger_pending($1, $2, $3) l`,
      [this.practiceId, limit, this.#ticket],
    );
    if (rows.length === 0) return 0;
    const lines = (rows as StoredRow[]).map(storedLine);
    const leaves = lines.map(leafOf);
    const hashes = leaves.map(leafHash);
    const from = this.#range!.size;
    const range = this.#range!.clone();
    for (const hash of hashes) range.append(hash);
    const checkpoint = signCheckpoint({ size: range.size, root: range.root() }, this.#signer);
    await client.query('select postern.ledger_append($1, $2, $3, $4, $5, $6, $7)', [
      this.practiceId,
      from,
      lines.map((line) => line.id),
      hashes,
      checkpoint.root,
      checkpoint.note,
      this.#ticket,
    ]);
    await this.tiles.append(from, leaves);
    await this.#publish(checkpoint);
    this.#range = range;
    return rows.length;
  }

  async #publish(checkpoint: Checkpoint): Promise<void> {
    await this.#file.append(checkpoint.note);
    this.#anchor = checkpoint;
  }
}
