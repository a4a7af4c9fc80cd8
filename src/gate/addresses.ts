/**
 * Further addresses of accounts, and the language of whoever it is. Mails about the account go to them, and
 * recovery may begin at any; signing in asks for the first alone. Whoever adds one showed that it is theirs.
 */
import type { Pool } from 'pg';
import { PosternError } from '../base/errors.ts';
import { type AccountId, isUuid, newId } from '../base/ids.ts';
import { type Transaction, withoutSession } from '../db/index.ts';
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';
import { emailToken, normalEmail, openAccount, sealAccount } from './account-rows.ts';
import { INSTALLATION, type Keychain } from './keychain.ts';

export interface Address {
  readonly id: string;
  readonly email: string;
  readonly madeAt: Date;
}

interface Row {
  readonly account_id: AccountId;
  readonly address_id: string;
  readonly sealed: Buffer;
}

/** Puts in the mails that tell of a change, within its transaction. */
export type TellAddresses = (tx: Transaction) => Promise<unknown>;

const ROUNDS = 4;

export class Addresses {
  readonly #server: Pool;
  readonly #keychain: Keychain;

  constructor(server: Pool, keychain: Keychain) {
    this.#server = server;
    this.#keychain = keychain;
  }

  /** All but the first, the oldest first. */
  async of(accountId: AccountId): Promise<Address[]> {
    const { rows } = await this.#server.query<Omit<Row, 'account_id'> & { made_at: Date }>(
      'select a.address_id, a.sealed, a.made_at from postern.account_addresses($1) a',
      [accountId],
    );
    const keys = await this.#keychain.installation();
    const addresses: Address[] = [];
    for (const { made_at: madeAt, ...row } of rows) {
      const email = await this.#open(keys, { ...row, account_id: accountId });
      if (email !== null) addresses.push({ id: row.address_id, email, madeAt });
    }
    return addresses;
  }

  /** Whose further address it is; null where it is nobody's. */
  async find(email: string): Promise<AccountId | null> {
    const keys = await this.#keychain.installation();
    const { rows } = await this.#server.query<Row>(
      'select a.account_id, a.address_id, a.sealed from postern.address_find($1) a',
      [emailToken(keys, normalEmail(email))],
    );
    const [row] = rows;
    if (row === undefined) return null;
    return (await this.#open(keys, row)) === normalEmail(email) ? row.account_id : null;
  }

  /** Throws `conflict` for one too many, and for an address that is somebody's already. */
  async add(accountId: AccountId, email: string, tell: TellAddresses): Promise<void> {
    const keys = await this.#keychain.installation();
    await withoutSession(this.#server, async (tx) => {
      const { rows } = await tx.query<{ account_id: string }>(
        'select a.account_id from postern.account_find($1) a',
        [emailToken(keys, normalEmail(email))],
      );
      if (rows.length > 0) throw taken();
      await this.#put(tx, keys, accountId, email);
      await tell(tx);
    }).catch(explained);
  }

  /** False where the account has none of that id. */
  async remove(accountId: AccountId, id: string, tell: TellAddresses): Promise<boolean> {
    if (!isUuid(id)) return false;
    return withoutSession(this.#server, async (tx) => {
      const removed = await remove(tx, accountId, id);
      if (removed) await tell(tx);
      return removed;
    });
  }

  /** Makes it the first, and the first a further one; false where the account has none of that id. */
  async makeFirst(accountId: AccountId, id: string, tell: TellAddresses): Promise<boolean> {
    const address = (await this.of(accountId)).find((each) => each.id === id);
    if (address === undefined) return false;
    const keys = await this.#keychain.installation();
    return withoutSession(this.#server, async (tx) => {
      if (!(await remove(tx, accountId, id))) return false;
      const before = await this.#change(tx, keys, accountId, { email: address.email });
      await this.#put(tx, keys, accountId, before);
      await tell(tx);
      return true;
    }).catch(explained);
  }

  /** The language in which mails are written to them. */
  async setLanguage(accountId: AccountId, language: string): Promise<void> {
    const keys = await this.#keychain.installation();
    await withoutSession(this.#server, (tx) => this.#change(tx, keys, accountId, { language }));
  }

  /** Answers the first address that it had. */
  async #change(
    tx: Transaction,
    keys: PracticeKeys,
    accountId: AccountId,
    change: { readonly email?: string; readonly language?: string },
  ): Promise<string> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = await tx.query<{ version: number; sealed: Buffer }>(
        'select a.version, a.sealed from postern.account_versioned($1) a',
        [accountId],
      );
      const [row] = found.rows;
      if (row === undefined) break;
      const content = openAccount(keys, accountId, row.sealed);
      const changed = { ...content, ...change };
      const { rows } = await tx.query<{ changed: boolean }>(
        'select postern.account_change($1, $2, $3, $4) as changed',
        [accountId, row.version, emailToken(keys, changed.email), sealAccount(keys, accountId, changed)],
      );
      if (rows[0]?.changed === true) return content.email;
    }
    throw new PosternError('unavailable', 'The account is being changed. Try again.');
  }

  async #put(tx: Transaction, keys: PracticeKeys, accountId: AccountId, email: string): Promise<void> {
    const id = newId();
    const address = normalEmail(email);
    const content = Buffer.from(JSON.stringify({ email: address }));
    const sealed = sealBytes(keys.logSealingKey(1), contextOf(accountId, id), content);
    const { rows } = await tx.query<{ put: boolean }>('select postern.address_put($1, $2, $3, $4) as put', [
      accountId,
      id,
      emailToken(keys, address),
      sealed,
    ]);
    if (rows[0]?.put === true) return;
    throw new PosternError('conflict', 'An account may have five addresses. Remove one first.');
  }

  /** Null for a row that nobody of us wrote there, which opens an incident. */
  async #open(keys: PracticeKeys, { account_id, address_id, sealed }: Row): Promise<string | null> {
    try {
      const bytes = openBytes(keys.logSealingKey(1), contextOf(account_id, address_id), sealed);
      return (JSON.parse(bytes.toString()) as { email: string }).email;
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
      const text = 'select postern.incident_open($1, $2, $3, null, null)';
      await this.#server.query(text, [INSTALLATION, 'key-ring', account_id]);
      return null;
    }
  }
}

async function remove(tx: Transaction, accountId: AccountId, id: string): Promise<boolean> {
  const { rows } = await tx.query<{ removed: boolean }>('select postern.address_remove($1, $2) as removed', [
    accountId,
    id,
  ]);
  return rows[0]?.removed === true;
}

function taken(): PosternError {
  return new PosternError('conflict', 'That address belongs to an account already.');
}

function explained(error: unknown): never {
  if ((error as { code?: unknown }).code === '23505') throw taken();
  throw error;
}

function contextOf(accountId: AccountId, id: string): Buffer {
  return labelledContext('postern/account-address/v1', accountId, id);
}
