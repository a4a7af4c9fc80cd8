/**
 * Whom the subjects of a provider are here. It is made once, by a person who shows both that they are that
 * account and that they are that subject; an e-mail address says nothing of it.
 */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, PracticeId } from '../../base/ids.ts';
import { type Transaction, withoutSession } from '../../db/index.ts';
import { INSTALLATION, type RoleName } from '../../gate/index.ts';
import { labelledContext, mac, openBytes, type PracticeKeys, sealBytes } from '../../seal/index.ts';
import type { DoorParts } from '../parts.ts';

export interface Subject {
  readonly practiceId: PracticeId;
  readonly issuer: string;
  readonly subject: string;
}

export interface Identity extends Subject {
  readonly accountId: AccountId;
  readonly version: number;
  /** Roles that the provider gave, and that end when it no longer says so. */
  readonly mapped: readonly RoleName[];
}

interface Row {
  account_id: AccountId;
  version: number;
  sealed: Buffer;
}

export class Identities {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Null where the subject is nobody here; and where a row was written by hand, which opens an incident. */
  async find(subject: Subject): Promise<Identity | null> {
    const { server, keychain } = this.#parts;
    const keys = await keychain.installation();
    const { rows } = await server.query<Row>(
      'select i.account_id, i.version, i.sealed from postern.staff_identity_find($1, $2) i',
      [subject.practiceId, lookupOf(keys, subject)],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { account_id: accountId, version } = row;
    try {
      const bytes = openBytes(keys.logSealingKey(1), contextOf(keys, subject, accountId), row.sealed);
      const { mapped } = JSON.parse(bytes.toString()) as Pick<Identity, 'mapped'>;
      return { ...subject, accountId, version, mapped };
    } catch (error) {
      if (!(error instanceof PosternError && error.code === 'damaged')) throw error;
    }
    await server.query('select postern.incident_open($1, $2, $3, null, null)', [
      INSTALLATION,
      'key-ring',
      accountId,
    ]);
    return null;
  }

  /** False where the subject is somebody's already; the account's owner is told in the same transaction. */
  async bind(
    subject: Subject,
    accountId: AccountId,
    tell: (tx: Transaction) => Promise<unknown>,
  ): Promise<boolean> {
    const { server, keychain } = this.#parts;
    const keys = await keychain.installation();
    const sealed = seal(keys, subject, accountId, []);
    const values = [subject.practiceId, lookupOf(keys, subject), accountId, sealed];
    return withoutSession(server, async (tx) => {
      const text = 'select postern.staff_identity_put($1, $2, $3, $4) as put';
      const { rows } = await tx.query<{ put: boolean }>(text, values);
      if (rows[0]?.put === true) await tell(tx);
      return rows[0]?.put === true;
    });
  }

  /** Notes what the provider gives; null where somebody else noted something meanwhile. */
  async noteMapped(identity: Identity, mapped: readonly RoleName[]): Promise<Identity | null> {
    const { server, keychain } = this.#parts;
    const keys = await keychain.installation();
    const { rows } = await server.query<{ changed: boolean }>(
      'select postern.staff_identity_change($1, $2, $3, $4) as changed',
      [
        identity.practiceId,
        lookupOf(keys, identity),
        identity.version,
        seal(keys, identity, identity.accountId, mapped),
      ],
    );
    return rows[0]?.changed === true ? { ...identity, mapped, version: identity.version + 1 } : null;
  }

  /** Roles that any provider gave the account in that practice. */
  async mappedTo(practiceId: PracticeId, accountId: AccountId): Promise<RoleName[]> {
    const { server, keychain } = this.#parts;
    const keys = await keychain.installation();
    const { rows } = await server.query<{ lookup: Buffer; sealed: Buffer }>(
      'select i.lookup, i.sealed from postern.staff_identities_of($1, $2) i',
      [practiceId, accountId],
    );
    const roles = rows.flatMap(({ lookup, sealed }) => {
      const context = contextOfRow(practiceId, lookup, accountId);
      try {
        const bytes = openBytes(keys.logSealingKey(1), context, sealed);
        return (JSON.parse(bytes.toString()) as Pick<Identity, 'mapped'>).mapped;
      } catch (error) {
        // A row that none of us wrote gave nothing, and goes like the others.
        if (error instanceof PosternError && error.code === 'damaged') return [];
        throw error;
      }
    });
    return [...new Set(roles)];
  }

  /** How many subjects sign the account in, in that practice. */
  async countOf(practiceId: PracticeId, accountId: AccountId): Promise<number> {
    const { rows } = await this.#parts.server.query<{ bound: number }>(
      'select postern.staff_identities_count($1, $2) as bound',
      [practiceId, accountId],
    );
    return rows[0]!.bound;
  }
}

function seal(keys: PracticeKeys, subject: Subject, accountId: AccountId, mapped: readonly RoleName[]) {
  const content = Buffer.from(JSON.stringify({ mapped }));
  return sealBytes(keys.logSealingKey(1), contextOf(keys, subject, accountId), content);
}

function contextOf(keys: PracticeKeys, subject: Subject, accountId: AccountId): Buffer {
  return contextOfRow(subject.practiceId, lookupOf(keys, subject), accountId);
}

function contextOfRow(practiceId: PracticeId, lookup: Buffer, accountId: AccountId): Buffer {
  return labelledContext('postern/staff-identity/v1', practiceId, lookup.toString('hex'), accountId);
}

function lookupOf(keys: PracticeKeys, { practiceId, issuer, subject }: Subject): Buffer {
  return mac(keys.indexKey(1), 'postern/staff-identity-lookup/v1', practiceId, issuer, subject);
}
