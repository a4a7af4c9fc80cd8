/**
 * Factors as they are kept: each in an envelope under the installation's key, bound to its account, its id
 * and its kind. A row that does not open was put there by hand: it counts for nothing, and opens an incident.
 */
import { PosternError } from '../../base/errors.ts';
import { type AccountId, isUuid, newId } from '../../base/ids.ts';
import { type Transaction, withoutSession } from '../../db/index.ts';
import { INSTALLATION } from '../../gate/index.ts';
import { labelledContext, mac, openBytes, type PracticeKeys, sealBytes } from '../../seal/index.ts';
import type { DoorParts } from '../parts.ts';

/** Times are whole seconds since 1970. */
export interface Passkey {
  readonly kind: 'passkey';
  readonly name: string;
  /** Base64url, as are the public key (COSE) and the user handle. */
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** Whether its provider may keep it on several devices. */
  readonly synced: boolean;
  readonly madeAt: number;
  readonly usedAt: number | null;
}

export interface Passphrase {
  readonly kind: 'passphrase';
  /** Argon2id. */
  readonly hash: string;
  readonly madeAt: number;
  readonly usedAt: number | null;
}

export interface CodeApp {
  readonly kind: 'totp';
  /** Base64url. */
  readonly secret: string;
  /** The step of the last code that was taken. */
  readonly usedStep: number;
  readonly madeAt: number;
  readonly usedAt: number | null;
}

export interface RecoveryCodes {
  readonly kind: 'recovery-codes';
  /** Of this set alone, base64url. */
  readonly salt: string;
  /** Digests of those that have not been used. */
  readonly left: readonly string[];
  readonly madeAt: number;
}

export type Factor = Passkey | Passphrase | CodeApp | RecoveryCodes;

/** A factor with where it stands. */
export type Kept<F extends Factor = Factor> = F & {
  readonly id: string;
  readonly accountId: AccountId;
  readonly version: number;
};

/** What became of factors that were to be removed; in the last two cases all stand. */
export type Removal = 'removed' | 'absent' | 'last';

interface Row {
  factor_id: string;
  kind: Factor['kind'];
  version: number;
  sealed: Buffer;
}

/** Tells of a change of those factors within its transaction: the line, and the mail to whom they belong. */
export type Tell = (tx: Transaction, ids: readonly string[]) => Promise<unknown>;

export class FactorStore {
  readonly #parts: Pick<DoorParts, 'server' | 'keychain'>;

  constructor(parts: Pick<DoorParts, 'server' | 'keychain'>) {
    this.#parts = parts;
  }

  /** All factors of an account, the oldest first. */
  async of(accountId: AccountId): Promise<Kept[]> {
    const { rows } = await this.#parts.server.query<Row>(
      'select f.factor_id, f.kind, f.version, f.sealed from postern.factors_of($1) f',
      [accountId],
    );
    const keys = await this.#parts.keychain.installation();
    const factors: Kept[] = [];
    for (const row of rows) {
      const factor = await this.#open(keys, accountId, row);
      if (factor !== null) factors.push(factor);
    }
    return factors;
  }

  /** The passkey of a credential id; null where there is none of ours. */
  async findPasskey(credentialId: string): Promise<Kept<Passkey> | null> {
    const keys = await this.#parts.keychain.installation();
    const { rows } = await this.#parts.server.query<Omit<Row, 'kind'> & { account_id: AccountId }>(
      'select f.account_id, f.factor_id, f.version, f.sealed from postern.factor_find($1) f',
      [lookupOf(keys, credentialId)],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const factor = await this.#open(keys, row.account_id, { ...row, kind: 'passkey' });
    if (factor?.kind !== 'passkey') return null;
    if (factor.credentialId === credentialId) return factor;
    await this.#incident(row.account_id);
    return null;
  }

  /**
   * Keeps a factor and answers its id; one of any kind but a passkey takes the place of the one there was.
   * Throws `conflict` for a passkey that stands already, or one too many.
   */
  async put(accountId: AccountId, factor: Factor, tell?: Tell): Promise<string> {
    const keys = await this.#parts.keychain.installation();
    const id = newId();
    const lookup = factor.kind === 'passkey' ? lookupOf(keys, factor.credentialId) : null;
    const sealed = seal(keys, accountId, id, factor);
    try {
      const values = [accountId, id, factor.kind, lookup, sealed];
      const kept = await withoutSession(this.#parts.server, async (tx) => {
        const text = 'select postern.factor_put($1, $2, $3, $4, $5) as kept';
        const { rows } = await tx.query<{ kept: boolean }>(text, values);
        if (rows[0]?.kept === true) await tell?.(tx, [id]);
        return rows[0]?.kept === true;
      });
      if (kept) return id;
    } catch (error) {
      if ((error as { code?: unknown }).code !== '23505') throw error;
      throw new PosternError('conflict', 'That passkey is here already.', { cause: error });
    }
    throw new PosternError('conflict', 'There are 30 passkeys already. Remove one first.');
  }

  /** Changes a factor as it was read; false where it has been changed since, or is gone. */
  async change<F extends Factor>({ id, accountId, version }: Kept<F>, factor: F): Promise<boolean> {
    const keys = await this.#parts.keychain.installation();
    const { rows } = await this.#parts.server.query<{ changed: boolean }>(
      'select postern.factor_change($1, $2, $3, $4) as changed',
      [accountId, id, version, seal(keys, accountId, id, factor)],
    );
    return rows[0]?.changed === true;
  }

  /** Removes all of them or none; `last` where no way in would be left. */
  async remove(accountId: AccountId, ids: readonly string[], tell?: Tell): Promise<Removal> {
    if (!ids.every(isUuid)) return 'absent';
    return withoutSession(this.#parts.server, async (tx) => {
      const text = 'select postern.factors_remove($1, $2) as outcome';
      const { rows } = await tx.query<{ outcome: Removal }>(text, [accountId, ids]);
      if (rows[0]!.outcome === 'removed') await tell?.(tx, ids);
      return rows[0]!.outcome;
    });
  }

  async #open(keys: PracticeKeys, accountId: AccountId, row: Row): Promise<Kept | null> {
    const { factor_id: id, kind, version, sealed } = row;
    try {
      const bytes = openBytes(keys.logSealingKey(1), contextOf(accountId, id, kind), sealed);
      return { ...(JSON.parse(bytes.toString()) as Factor), kind, id, accountId, version } as Kept;
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
      await this.#incident(accountId);
      return null;
    }
  }

  async #incident(accountId: AccountId): Promise<void> {
    await this.#parts.server.query('select postern.incident_open($1, $2, $3, null, null)', [
      INSTALLATION,
      'key-ring',
      accountId,
    ]);
  }
}

/** Without what says where it stands. */
export function bare<F extends Factor>({
  id: _id,
  accountId: _account,
  version: _version,
  ...factor
}: Kept<F>) {
  return factor as unknown as F;
}

/** The one of a kind, of all but passkeys. */
export function single<K extends Exclude<Factor['kind'], 'passkey'>>(factors: readonly Kept[], kind: K) {
  return (factors.find((factor) => factor.kind === kind) ?? null) as Kept<
    Extract<Factor, { kind: K }>
  > | null;
}

export function passkeysOf(factors: readonly Kept[]): Kept<Passkey>[] {
  return factors.filter((factor): factor is Kept<Passkey> => factor.kind === 'passkey');
}

/** Whether an account with these factors has a way in of its own; PostgreSQL's `has_way_in` says the same. */
export function hasWayIn(factors: readonly Kept[]): boolean {
  const kinds = new Set(factors.map(({ kind }) => kind));
  return kinds.has('passkey') || (kinds.has('passphrase') && kinds.has('totp'));
}

function seal(keys: PracticeKeys, accountId: AccountId, id: string, factor: Factor): Buffer {
  const content = Buffer.from(JSON.stringify(factor));
  return sealBytes(keys.logSealingKey(1), contextOf(accountId, id, factor.kind), content);
}

function contextOf(accountId: AccountId, id: string, kind: string): Buffer {
  return labelledContext('postern/factor/v1', accountId, id, kind);
}

function lookupOf(keys: PracticeKeys, credentialId: string): Buffer {
  return mac(keys.indexKey(1), 'postern/passkey-lookup/v1', credentialId);
}
