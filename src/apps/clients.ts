/**
 * Registered clients: apps and backends, as the operator let them in. What is known of one is sealed under
 * the installation's key; of a secret there is only the hash.
 */
import type { Pool } from 'pg';
import { PosternError } from '../base/errors.ts';
import { type AccountId, newId, type PracticeId } from '../base/ids.ts';
import { INSTALLATION, type Keychain } from '../gate/index.ts';
import { appendLine, type LineEntry, operatorLine } from '../ledger/index.ts';
import { newSecretToken, secretTokenHash } from '../seal/index.ts';
import { openJson, type RowPlace, sealJson } from './sealing.ts';

export interface ClientKeys {
  readonly jwksUri?: string;
  /** A JSON Web Key Set (RFC 7517) with public keys. */
  readonly jwks?: { readonly keys: readonly object[] };
}

/** For whom a backend acts: an account of its own with grants in one practice. */
export interface BackendSeat {
  readonly practiceId: PracticeId;
  readonly accountId: AccountId;
}

export interface Client extends ClientKeys {
  readonly clientId: string;
  /** What people are shown. */
  readonly name: string;
  readonly uri: string | null;
  readonly redirectUris: readonly string[];
  /** Where an EHR launch begins; null for an app that is only launched by itself. */
  readonly launchUri: string | null;
  readonly authentication: 'none' | 'client_secret_basic' | 'private_key_jwt';
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string | null;
  /** Tokens are bound to a key of the client (RFC 9449) or not given. */
  readonly dpop: boolean;
  /** All that it may ask for; left out: whatever is known. */
  readonly scopes?: readonly string[];
  readonly backend: BackendSeat | null;
  /** The one practice that may let it in; every practice may where this is absent. */
  readonly practiceId?: PracticeId;
}

export type NewClient = Omit<Client, 'clientId' | 'secretHash'> & { readonly clientId?: string };

export interface ClientLine extends Client {
  readonly madeAt: Date;
  readonly endedAt: Date | null;
}

interface ClientRow {
  key_version: number;
  sealed: Buffer;
}

/** For which row a client is sealed. */
export const placeOfClient = (clientId: string): RowPlace => ['postern/app-client/v1', clientId];

export class Clients {
  readonly #server: Pool;
  readonly #keychain: Keychain;

  constructor(server: Pool, keychain: Keychain) {
    this.#server = server;
    this.#keychain = keychain;
  }

  /** Null for one that is unknown or has ended. */
  async find(clientId: string): Promise<Client | null> {
    // It may hold anything, and PostgreSQL takes no NUL.
    if (clientId.includes('\0')) return null;
    const { rows } = await this.#server.query<ClientRow>(
      'select c.key_version, c.sealed from postern.app_client_read($1) c',
      [clientId],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { key_version: keyVersion, sealed } = row;
    return openJson<Client>(await this.#keychain.installation(), placeOfClient(clientId), {
      keyVersion,
      sealed,
    });
  }

  /** All that have not ended. */
  async standing(): Promise<Client[]> {
    const { rows } = await this.#server.query<ClientRow & { client_id: string }>(
      'select c.client_id, c.key_version, c.sealed from postern.app_clients_standing() c',
    );
    const keys = await this.#keychain.installation();
    return rows.map(({ client_id, key_version: keyVersion, sealed }) =>
      openJson<Client>(keys, placeOfClient(client_id), { keyVersion, sealed }),
    );
  }

  /**
   * Whether people of that practice may let it in: it is no other practice's own, and not closed to this
   * one.
   */
  async fitting(practiceId: PracticeId): Promise<(client: Client) => boolean> {
    const { rows } = await this.#server.query<{ client_id: string }>(
      'select c.client_id from postern.app_clients_closed($1) c',
      [practiceId],
    );
    const closed = new Set(rows.map(({ client_id }) => client_id));
    return ({ clientId, practiceId: own }) =>
      (own === undefined || own === practiceId) && !closed.has(clientId);
  }

  /**
   * Registers a client; the secret of one that authenticates by it is in this answer and nowhere else.
   * Authority: the operator's. Throws `conflict` where the id is taken.
   */
  async add(
    owner: Pool,
    asked: NewClient,
    command: string,
  ): Promise<{ client: Client; secret: string | null }> {
    const clientId = asked.clientId ?? newId();
    const secret = asked.authentication === 'client_secret_basic' ? newSecretToken() : null;
    const secretHash = secret === null ? null : secretTokenHash(secret);
    const client: Client = { ...asked, clientId, secretHash };
    const { keyVersion, sealed } = sealJson(
      await this.#keychain.installation(),
      placeOfClient(clientId),
      client,
    );
    await asOperator(owner, command, 'client-add', clientId, async (query) => {
      const { rowCount } = await query(
        `insert into postern.app_client (client_id, key_version, sealed)
         values ($1, $2, $3)
         on conflict (client_id) do nothing`,
        [clientId, keyVersion, sealed],
      );
      if (rowCount === 0) throw new PosternError('conflict', 'Another client has that id.');
    });
    return { client, secret };
  }

  /** All of them, those that have ended too. Authority: the operator's. */
  async list(owner: Pool): Promise<ClientLine[]> {
    const { rows } = await owner.query<
      ClientRow & { client_id: string; made_at: Date; ended_at: Date | null }
    >(
      `select c.client_id, c.key_version, c.sealed, c.made_at, c.ended_at
       from postern.app_client c
       order by c.made_at, c.client_id`,
    );
    const keys = await this.#keychain.installation();
    return rows.map(({ client_id, key_version: keyVersion, sealed, made_at, ended_at }) => ({
      ...openJson<Client>(keys, placeOfClient(client_id), { keyVersion, sealed }),
      madeAt: made_at,
      endedAt: ended_at,
    }));
  }

  /**
   * Ends a client, with every consent to it and every session of it, at once. False where there is none, or
   * it has ended. Authority: the operator's.
   */
  async end(owner: Pool, clientId: string, command: string): Promise<boolean> {
    return asOperator(owner, command, 'client-end', clientId, async (query) => {
      const { rows } = await query('select postern.app_client_end($1) as ended', [clientId]);
      return (rows as { ended: boolean }[])[0]!.ended;
    });
  }
}

type Query = (text: string, values: unknown[]) => Promise<{ rows: unknown[]; rowCount: number | null }>;

/** In one transaction with the line that says so in the installation's log. */
async function asOperator<T>(
  owner: Pool,
  command: string,
  action: string,
  clientId: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const connection = await owner.connect();
  try {
    await connection.query('begin');
    const entries: LineEntry[] = [[null, 'Client', clientId, null]];
    const result = await work((text, values) => connection.query(text, values));
    await appendLine(
      connection,
      operatorLine({ practiceId: INSTALLATION, client: command, action, entries }),
    );
    await connection.query('commit');
    return result;
  } catch (error) {
    await connection.query('rollback');
    throw error;
  } finally {
    connection.release();
  }
}
