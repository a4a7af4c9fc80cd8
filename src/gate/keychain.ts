/** The keys of practices, unwrapped once by the vault and kept for the life of the process. */
import type { Pool } from 'pg';
import { PosternError } from '../base/errors.ts';
import { NIL_UUID, newId, type PracticeId } from '../base/ids.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import {
  createPracticeKeys,
  type KeyPurpose,
  type KeyVault,
  loadPracticeKeys,
  type PracticeKeys,
  type ReachSigner,
  reachSigner,
  type WrappedPracticeKey,
} from '../seal/index.ts';

/** The installation itself: accounts, e-mail look-up and reach are under its keys. */
export const INSTALLATION = NIL_UUID as PracticeId;

export interface NewPractice {
  readonly slug: string;
  readonly name: string;
  readonly practiceId?: PracticeId;
  /** The command that makes it; the installation's log then names it. */
  readonly client?: string;
}

interface KeyRow {
  purpose: KeyPurpose;
  version: number;
  root_version: number;
  wrapped: Buffer;
}

export class Keychain {
  readonly #server: Pool;
  readonly #vault: KeyVault;
  readonly #known = new Map<PracticeId, Promise<PracticeKeys>>();
  /** Live index versions of the practices that have been loaded, newest first. */
  readonly #indexVersions = new Map<PracticeId, readonly number[]>();
  /** The last refresh of each practice: one that read earlier must not end later and undo what it noted. */
  readonly #refreshes = new Map<PracticeId, Promise<void>>();

  constructor({ server, vault }: { server: Pool; vault: KeyVault }) {
    this.#server = server;
    this.#vault = vault;
  }

  get vault(): KeyVault {
    return this.#vault;
  }

  /** The keys of a practice. Throws `not-found` where there is none of that id. */
  of(practiceId: PracticeId): Promise<PracticeKeys> {
    const known = this.#known.get(practiceId);
    if (known !== undefined) return known;
    const loading = this.#load(practiceId);
    this.#known.set(practiceId, loading);
    loading.catch(() => this.#known.delete(practiceId));
    return loading;
  }

  /** The keys of the installation itself. */
  installation(): Promise<PracticeKeys> {
    return this.of(INSTALLATION);
  }

  /**
   * Versions under which a practice's tokens may stand, the one to write with first. The practice is
   * loaded.
   */
  indexVersions(practiceId: PracticeId): readonly number[] {
    return this.#indexVersions.get(practiceId) ?? [1];
  }

  /** Takes into memory what has been added since, and notices what has been retired. */
  refresh(practiceId: PracticeId): Promise<void> {
    const earlier = this.#refreshes.get(practiceId) ?? Promise.resolve();
    const refresh = earlier.catch(() => undefined).then(() => this.#readAnew(practiceId));
    this.#refreshes.set(practiceId, refresh);
    return refresh;
  }

  async #readAnew(practiceId: PracticeId): Promise<void> {
    const keys = await this.of(practiceId);
    const stored = await this.#stored(practiceId);
    for (const row of stored) await keys.adopt(this.#vault, row);
    this.#noteIndexVersions(practiceId, stored);
  }

  /** The same for every practice whose keys are in memory. */
  async refreshAll(): Promise<void> {
    await Promise.all([...this.#known.keys()].map((practiceId) => this.refresh(practiceId)));
  }

  /**
   * Makes a practice with its first keys. Throws `conflict` where the slug is taken. Authority: the
   * operator's.
   */
  async createPractice(
    owner: Pool,
    { slug, name, practiceId = newId(), client: command }: NewPractice,
  ): Promise<PracticeId> {
    const { stored } = await createPracticeKeys(this.#vault, practiceId);
    const client = await owner.connect();
    try {
      await client.query('begin');
      const { rowCount } = await client.query(
        `insert into postern.practice (practice_id, slug, name)
         values ($1, $2, $3)
         on conflict (slug) do nothing`,
        [practiceId, slug, name],
      );
      if (rowCount === 0) throw new PosternError('conflict', 'Another practice has that slug.');
      for (const row of stored) await client.query(INSERT_KEY, keyColumns(row));
      if (command !== undefined) await appendLine(client, createdLine(practiceId, command));
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
    return practiceId;
  }

  /**
   * The installation's own keys, made where there are none, and the reach key that PostgreSQL checks with.
   */
  async installReachKey(owner: Pool): Promise<void> {
    if ((await this.#stored(INSTALLATION)).length === 0) {
      const { stored } = await createPracticeKeys(this.#vault, INSTALLATION);
      // Of two processes that start at once, the first one's keys stand.
      const values = stored.map(keyColumns);
      await owner.query(
        `insert into postern.practice_key (practice_id, purpose, version, root_version, wrapped)
         select * from unnest($1::uuid[], $2::text[], $3::integer[], $4::integer[], $5::bytea[])
         on conflict do nothing`,
        [0, 1, 2, 3, 4].map((column) => values.map((row) => row[column])),
      );
    }
    const { inner, outer } = (await this.reachSigner()).pads();
    await owner.query(
      `insert into postern.reach_key (inner_pad, outer_pad) values ($1, $2)
       on conflict (singleton) do update set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad`,
      [inner, outer],
    );
  }

  async reachSigner(): Promise<ReachSigner> {
    return reachSigner(await this.installation());
  }

  async #load(practiceId: PracticeId): Promise<PracticeKeys> {
    const stored = await this.#stored(practiceId);
    if (stored.length === 0) throw new PosternError('not-found', 'There is no such practice.');
    this.#noteIndexVersions(practiceId, stored);
    return loadPracticeKeys(this.#vault, practiceId, stored);
  }

  #noteIndexVersions(practiceId: PracticeId, stored: readonly WrappedPracticeKey[]): void {
    const versions = stored.filter(({ purpose }) => purpose === 'index').map(({ version }) => version);
    this.#indexVersions.set(
      practiceId,
      versions.sort((a, b) => b - a),
    );
  }

  async #stored(practiceId: PracticeId): Promise<WrappedPracticeKey[]> {
    const { rows } = await this.#server.query<KeyRow>(
      'select k.purpose, k.version, k.root_version, k.wrapped from postern.practice_keys($1) k',
      [practiceId],
    );
    return rows.map(({ purpose, version, root_version, wrapped }) => ({
      practiceId,
      purpose,
      version,
      rootVersion: root_version,
      wrapped,
    }));
  }
}

const INSERT_KEY = `
insert into postern.practice_key (practice_id, purpose, version, root_version, wrapped)
values ($1, $2, $3, $4, $5)`;

function createdLine(practiceId: PracticeId, client: string) {
  const entries = [[null, 'Practice', practiceId, null]] as const;
  return operatorLine({ practiceId: INSTALLATION, client, action: 'create-practice', entries });
}

function keyColumns({ practiceId, purpose, version, rootVersion, wrapped }: WrappedPracticeKey): unknown[] {
  return [practiceId, purpose, version, rootVersion, wrapped];
}
