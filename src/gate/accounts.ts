/**
 * Accounts: people who sign in, across practices. Names and addresses are sealed; look-up goes by keyed
 * token.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import { type AccountId, newId, type PracticeId } from '../base/ids.ts';
import { appendLine, operatorLine, type Queryable } from '../ledger/index.ts';
import { newSecretToken, type PracticeKeys, secretTokenHash } from '../seal/index.ts';
import { emailToken, isEmail, normalEmail, openAccount, sealAccount } from './account-rows.ts';
import { isGenuineSignin, signinMac } from './credentials.ts';
import { INSTALLATION, type Keychain } from './keychain.ts';
import { OPERATOR_TERMS, readTerms, type SessionTerms, writeTerms } from './session-terms.ts';

export interface AccountDescription {
  readonly accountId: AccountId;
  readonly email: string;
  readonly name: string;
  /** In which mails are written to them; null where nobody said. */
  readonly language: string | null;
  readonly disabled: boolean;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  /** In which mails are written to them. */
  readonly language?: string | null;
  readonly accountId?: AccountId;
}

interface AccountRow {
  account_id: AccountId;
  sealed: Buffer;
  disabled: boolean;
}

interface TakenRow {
  account_id: AccountId;
  expires: number;
  terms: string;
  mac: Buffer;
}

/** Whom a sign-in code lets in. */
export interface TakenCode {
  readonly accountId: AccountId;
  /** Of the session that it may open. */
  readonly terms: SessionTerms;
  readonly secondsLeft: number;
}

export class Accounts {
  readonly #server: Pool;
  readonly #keychain: Keychain;
  readonly #clock: Clock;

  constructor(server: Pool, keychain: Keychain, clock: Clock) {
    this.#server = server;
    this.#keychain = keychain;
    this.#clock = clock;
  }

  /** Throws `invalid` for what is no address, `conflict` where the address has an account. */
  async createAccount(account: NewAccount): Promise<AccountId> {
    return this.#put(this.#server, account);
  }

  /**
   * As `createAccount`, with a line in the installation's log that names the command, in one transaction.
   * Authority: the operator's.
   */
  async addAccount(owner: Pool, account: NewAccount, command: string): Promise<AccountId> {
    const client = await owner.connect();
    try {
      await client.query('begin');
      const accountId = await this.#put(client, account);
      const entries = [[null, 'Account', accountId, null]] as const;
      const act = { practiceId: INSTALLATION, client: command, action: 'create-account', entries };
      await appendLine(client, operatorLine(act));
      await client.query('commit');
      return accountId;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  async #put(
    database: Queryable,
    { email, name, language = null, accountId = newId() }: NewAccount,
  ): Promise<AccountId> {
    const address = normalEmail(email);
    if (!isEmail(address)) throw new PosternError('invalid', 'That is not an e-mail address.');
    const keys = await this.#keychain.installation();
    const said = language === null ? {} : { language };
    const sealed = sealAccount(keys, accountId, { email: address, name, ...said });
    try {
      await database.query('select postern.account_put($1, $2, $3)', [
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

  /**
   * The account of an address; null where there is none. Throws `damaged` where the account that the database
   * names has another address sealed in it: whoever moved the look-up there would get its sign-in links.
   */
  async findAccount(email: string): Promise<AccountId | null> {
    const keys = await this.#keychain.installation();
    const address = normalEmail(email);
    const { rows } = await this.#server.query<AccountRow>(
      'select a.account_id, a.sealed, a.disabled from postern.account_find($1) a',
      [emailToken(keys, address)],
    );
    const [row] = rows;
    if (row === undefined) return null;
    if (describe(keys, row).email === address) return row.account_id;
    throw new PosternError('damaged', 'The account found for that e-mail address has another one.');
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

  /**
   * A code that signs in once, within its time, to a session of those terms. Only its hash is kept, with a
   * MAC of whom it signs in.
   */
  async signinCode(
    accountId: AccountId,
    ttlSeconds: number,
    sessionTerms: SessionTerms = OPERATOR_TERMS,
  ): Promise<string> {
    const keys = await this.#keychain.installation();
    const code = newSecretToken();
    const codeHash = secretTokenHash(code);
    const expires = this.#seconds() + ttlSeconds;
    const terms = writeTerms(sessionTerms);
    await this.#server.query('select postern.signin_put($1, $2, $3, $4, $5)', [
      Buffer.from(codeHash, 'hex'),
      accountId,
      new Date(expires * 1000),
      terms,
      signinMac(keys, { codeHash, accountId, expires, terms }),
    ]);
    return code;
  }

  /**
   * Takes a code, and says how many seconds it still had: null where it is unknown, used or too old, or its
   * account is disabled; and where somebody wrote it into the database by hand, which opens an incident of
   * the installation.
   */
  async takeSigninCode(code: string): Promise<TakenCode | null> {
    const codeHash = secretTokenHash(code);
    const { rows } = await this.#server.query<TakenRow>(
      'select t.account_id, t.expires, t.terms, t.mac from postern.signin_take($1) t',
      [Buffer.from(codeHash, 'hex')],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { account_id: accountId, expires, terms } = row;
    const keys = await this.#keychain.installation();
    if (isGenuineSignin(keys, { codeHash, accountId, expires, terms }, row.mac)) {
      const secondsLeft = expires - this.#seconds();
      return secondsLeft > 0 ? { accountId, secondsLeft, terms: readTerms(terms) } : null;
    }
    await this.#server.query('select postern.incident_open($1, $2, $3, null, null)', [
      INSTALLATION,
      'key-ring',
      accountId,
    ]);
    return null;
  }

  #seconds(): number {
    return Math.floor(this.#clock.now().getTime() / 1000);
  }
}

function describe(keys: PracticeKeys, row: AccountRow): AccountDescription {
  const { account_id: accountId, sealed, disabled } = row;
  const { email, name, language = null } = openAccount(keys, accountId, sealed);
  return { accountId, email, name, language, disabled };
}

async function setDisabled(owner: Pool, accountId: AccountId, disabled: boolean, client: string) {
  const { rows } = await owner.query<{ changed: boolean }>(
    'select postern.account_disable($1, $2, $3) as changed',
    [accountId, disabled, client],
  );
  return rows[0]!.changed;
}
