/**
 * Accounts: people who sign in, across practices. Names and addresses are sealed; look-up goes by keyed
 * token.
 */
import type { Pool } from 'pg';
import { PosternError } from '../base/errors.ts';
import { type AccountId, newId, type PracticeId } from '../base/ids.ts';
import {
  blindToken,
  labelledContext,
  newSecretToken,
  openBytes,
  type PracticeKeys,
  sealBytes,
  secretTokenHash,
} from '../seal/index.ts';
import type { Keychain } from './keychain.ts';

export interface AccountDescription {
  readonly accountId: AccountId;
  readonly email: string;
  readonly name: string;
  readonly disabled: boolean;
}

interface AccountRow {
  account_id: AccountId;
  sealed: Buffer;
  disabled: boolean;
}

export class Accounts {
  readonly #server: Pool;
  readonly #keychain: Keychain;

  constructor(server: Pool, keychain: Keychain) {
    this.#server = server;
    this.#keychain = keychain;
  }

  /** Throws `invalid` for what is no address, `conflict` where the address has an account. */
  async createAccount({ email, name }: { email: string; name: string }): Promise<AccountId> {
    const address = normalEmail(email);
    if (!/^[^@\s]+@[^@\s]+$/.test(address) || address.length > 254) {
      throw new PosternError('invalid', 'That is not an e-mail address.');
    }
    const keys = await this.#keychain.installation();
    const accountId = newId<AccountId>();
    const content = Buffer.from(JSON.stringify({ email: address, name }));
    const sealed = sealBytes(keys.logSealingKey(1), contextOf(accountId), content);
    try {
      await this.#server.query('select postern.account_put($1, $2, $3)', [
        accountId,
        emailToken(keys, address),
        sealed,
      ]);
    } catch (error) {
      if ((error as { code?: unknown }).code !== '23505') throw error;
      throw new PosternError('conflict', 'That e-mail address has an account.', { cause: error });
    }
    return accountId;
  }

  async findAccount(email: string): Promise<AccountId | null> {
    const keys = await this.#keychain.installation();
    const { rows } = await this.#server.query<AccountRow>(
      'select a.account_id, a.sealed, a.disabled from postern.account_find($1) a',
      [emailToken(keys, normalEmail(email))],
    );
    return rows[0]?.account_id ?? null;
  }

  async describeAccount(accountId: AccountId): Promise<AccountDescription | null> {
    const { rows } = await this.#server.query<AccountRow>(
      'select a.account_id, a.sealed, a.disabled from postern.account_read($1) a',
      [accountId],
    );
    const [row] = rows;
    return row === undefined ? null : describe(await this.#keychain.installation(), row);
  }

  /** Every account there is, in the order of their addresses. Authority: the operator's. */
  async listAccounts(owner: Pool): Promise<AccountDescription[]> {
    const { rows } = await owner.query<AccountRow>(
      'select a.account_id, a.sealed, a.disabled_at is not null as disabled from postern.account a',
    );
    const keys = await this.#keychain.installation();
    const accounts = rows.map((row) => describe(keys, row));
    return accounts.sort((one, other) => (one.email < other.email ? -1 : 1));
  }

  /**
   * Disables an account: no sign-in any more, and every session of it ends, in every practice, at once. Its
   * grants stay. False where it is disabled already, or there is none. Authority: the operator's; lines in
   * the installation's log and in those of its practices name the command.
   */
  async disableAccount(owner: Pool, accountId: AccountId, client: string): Promise<boolean> {
    return setDisabled(owner, accountId, true, client);
  }

  /** Lets a disabled account sign in again; otherwise as `disableAccount`. */
  async enableAccount(owner: Pool, accountId: AccountId, client: string): Promise<boolean> {
    return setDisabled(owner, accountId, false, client);
  }

  /** The practices in which the account holds a grant now, by slug. */
  async practicesOf(accountId: AccountId): Promise<{ practiceId: PracticeId; slug: string; name: string }[]> {
    const { rows } = await this.#server.query<{ practice_id: PracticeId; slug: string; name: string }>(
      `select p.practice_id, p.slug, p.name
       from postern.account_practices($1) a
         join postern.practices() p on p.practice_id = a.practice_id
       order by p.slug`,
      [accountId],
    );
    return rows.map(({ practice_id, slug, name }) => ({ practiceId: practice_id, slug, name }));
  }

  /** A code that signs in once, within its time. Only its hash is kept. */
  async signinCode(accountId: AccountId, ttlSeconds: number): Promise<string> {
    const code = newSecretToken();
    await this.#server.query('select postern.signin_put($1, $2, $3)', [hashOf(code), accountId, ttlSeconds]);
    return code;
  }

  /** Takes a code: null where it is unknown, used or too old, or its account is disabled. */
  async takeSigninCode(code: string): Promise<AccountId | null> {
    const { rows } = await this.#server.query<{ account: AccountId | null }>(
      'select postern.signin_take($1) as account',
      [hashOf(code)],
    );
    return rows[0]?.account ?? null;
  }
}

function describe(keys: PracticeKeys, row: AccountRow): AccountDescription {
  const { account_id: accountId, sealed, disabled } = row;
  const bytes = openBytes(keys.logSealingKey(1), contextOf(accountId), sealed);
  const { email, name } = JSON.parse(bytes.toString()) as { email: string; name: string };
  return { accountId, email, name, disabled };
}

async function setDisabled(owner: Pool, accountId: AccountId, disabled: boolean, client: string) {
  const { rows } = await owner.query<{ changed: boolean }>(
    'select postern.account_disable($1, $2, $3) as changed',
    [accountId, disabled, client],
  );
  return rows[0]!.changed;
}

function hashOf(code: string): Buffer {
  return Buffer.from(secretTokenHash(code), 'hex');
}

function contextOf(accountId: AccountId): Buffer {
  return labelledContext('postern/account/v1', accountId);
}

function emailToken(keys: PracticeKeys, address: string): string {
  return blindToken(keys.indexKey(1), 'account', 'email', address).toString();
}

/** One form for one mailbox, as far as that can be told from outside: no spaces around, lower case, NFC. */
function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
