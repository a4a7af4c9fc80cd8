/**
 * Consents: what a person agreed that an app may do in one practice, until when, and what ends with it. A
 * consent is sealed under the practice's key for whom and what it is; its row alone opens nothing.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import type { AccountId, ChartId, PracticeId, SessionHash } from '../base/ids.ts';
import { parseId } from '../base/ids.ts';
import { askInSession, type Transaction, withoutSession } from '../db/index.ts';
import type { Keychain, Visit } from '../gate/index.ts';
import { secretTokenHash } from '../seal/index.ts';
import { type Choice, keptScope } from './asked-scopes.ts';
import { openJson, type RowPlace, type SealedJson, sealJson } from './sealing.ts';

/** What the authorization server calls a consent: practice and consent, so that it says where to look. */
export type GrantName = string;

export interface Consent {
  readonly practiceId: PracticeId;
  readonly consentId: string;
  readonly accountId: AccountId;
  readonly clientId: string;
  /** The patient that the app was launched for; null where it asked for none. */
  readonly chartId: ChartId | null;
  /** Every scope that was granted when the app was let in, with `openid` and the like. */
  readonly scope: string;
  /** The name under which the app was let in. */
  readonly clientName: string;
  /** What of that it may still, since the person took some of it back; null where nothing was. */
  readonly left: Choice | null;
  /** Whether it sees what is especially protected too. */
  readonly sensitive: boolean;
  /** The URL of the resource that stands for the person; null where they have none. */
  readonly fhirUser: string | null;
  readonly endsAt: Date;
}

export interface ListedConsent extends Consent {
  readonly madeAt: Date;
}

interface ConsentRow {
  consent_id: string;
  account_id: AccountId;
  client_id: string;
  chart_id: ChartId | null;
  key_version: number;
  sealed: Buffer;
}

interface Said {
  readonly scope: string;
  /** Absent from what was written before consents could be changed. */
  readonly left?: Choice | null;
  readonly clientName: string;
  readonly sensitive: boolean;
  readonly fhirUser: string | null;
  /** Milliseconds since 1970: what the row says is only for looking it up. */
  readonly endsAt: number;
}

/** Sessions of the person that it hangs on. */
export interface LetInWhere {
  /** The one with which it ends; null where it goes on without. */
  readonly endsWith: SessionHash | null;
  /** The one in which they agreed, whose provider can end it; null where the app may stay. */
  readonly beganIn: SessionHash | null;
}

const bytesOf = (hash: SessionHash | null) => (hash === null ? null : Buffer.from(hash, 'hex'));

/** What a consent allows, as it stands a second time: it opens without saying whose consent it is. */
export interface Allowed {
  readonly scope: string;
  readonly sensitive: boolean;
}

export function placeOfScope(practiceId: PracticeId, consentId: string): RowPlace {
  return ['postern/app-consent-scope/v1', practiceId, consentId];
}

export function grantName({ practiceId, consentId }: Pick<Consent, 'practiceId' | 'consentId'>): GrantName {
  return `${practiceId}.${consentId}`;
}

/** Null for what names no consent. */
export function readGrantName(name: GrantName): { practiceId: PracticeId; consentId: string } | null {
  const [practice = '', consent = '', ...more] = name.split('.');
  const practiceId = parseId<PracticeId>(practice);
  const consentId = parseId(consent);
  return practiceId === null || consentId === null || more.length > 0 ? null : { practiceId, consentId };
}

function placeOf(practiceId: PracticeId, row: Omit<ConsentRow, 'key_version' | 'sealed'>): RowPlace {
  const { consent_id, account_id, client_id, chart_id } = row;
  return ['postern/app-consent/v1', practiceId, consent_id, account_id, client_id, chart_id ?? ''];
}

export class Consents {
  readonly #server: Pool;
  readonly #keychain: Keychain;

  readonly #clock: Clock;

  constructor(server: Pool, keychain: Keychain, clock: Clock) {
    this.#server = server;
    this.#keychain = keychain;
    this.#clock = clock;
  }

  /** `tell` is done in the same transaction. */
  async put(
    consent: Consent,
    { endsWith, beganIn }: LetInWhere,
    tell?: (tx: Transaction) => Promise<unknown>,
  ): Promise<void> {
    const { practiceId, consentId, accountId, clientId, chartId, endsAt } = consent;
    const { first, second } = await this.#seal(consent);
    await withoutSession(this.#server, async (tx) => {
      await tx.query('select postern.app_consent_put($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
        practiceId,
        consentId,
        accountId,
        clientId,
        chartId,
        first.keyVersion,
        first.sealed,
        second.keyVersion,
        second.sealed,
        endsAt,
        bytesOf(endsWith),
        bytesOf(beganIn),
      ]);
      await tell?.(tx);
    });
  }

  /** Null for one that is unknown or over, or whose client is. */
  async find(name: GrantName): Promise<Consent | null> {
    const named = readGrantName(name);
    if (named === null) return null;
    const { practiceId, consentId } = named;
    const { rows } = await this.#server.query<Omit<ConsentRow, 'consent_id'>>(
      `select c.account_id, c.client_id, c.chart_id, c.key_version, c.sealed
       from postern.app_consent_read($1, $2) c`,
      [practiceId, consentId],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const consent = await this.#open(practiceId, { ...row, consent_id: consentId });
    return consent.endsAt > this.#clock.now() ? consent : null;
  }

  /** As `find`, when whoever is ending or changing it at this moment is through. */
  async findSettled(name: GrantName): Promise<Consent | null> {
    const named = readGrantName(name);
    if (named === null) return null;
    const { practiceId, consentId } = named;
    await this.#server.query('select postern.app_consent_settle($1, $2)', [practiceId, consentId]);
    return this.find(name);
  }

  /** What the visitor's own account agreed to in this practice and still stands; the newest first. */
  async list({ scope }: Visit): Promise<ListedConsent[]> {
    const { practiceId, accountId, handle } = scope;
    const { rows } = await askInSession<ConsentRow & { made_at: Date }>(
      this.#server,
      handle,
      `select c.consent_id, c.client_id, c.chart_id, c.key_version, c.sealed, c.made_at,
         $1::uuid as account_id
       from postern.app_consent_list($1) c`,
      [accountId],
    );
    return Promise.all(
      rows.map(async (row) => ({ ...(await this.#open(practiceId, row)), madeAt: row.made_at })),
    );
  }

  /**
   * Puts what a consent says now in place of what it said, and ends the tokens that were issued under it;
   * false where it is over. Whoever calls has checked whose it is, and that it became less.
   */
  async change(consent: Consent): Promise<boolean> {
    const { first, second } = await this.#seal(consent);
    const { rows } = await this.#server.query<{ changed: boolean }>(
      'select postern.app_consent_change($1, $2, $3, $4, $5, $6, $7) as changed',
      [
        consent.practiceId,
        consent.consentId,
        first.keyVersion,
        first.sealed,
        second.keyVersion,
        second.sealed,
        Buffer.from(secretTokenHash(grantName(consent)), 'hex'),
      ],
    );
    return rows[0]?.changed === true;
  }

  /**
   * Ends a consent with everything that was issued under it; false where it is over. Whoever calls has
   * checked whose it is.
   */
  async end(name: GrantName): Promise<boolean> {
    const named = readGrantName(name);
    if (named === null) return false;
    const { rows } = await this.#server.query<{ ended: boolean }>(
      'select postern.app_consent_end($1, $2, $3) as ended',
      [named.practiceId, named.consentId, Buffer.from(secretTokenHash(name), 'hex')],
    );
    return rows[0]?.ended === true;
  }

  async #seal(consent: Consent): Promise<{ first: SealedJson; second: SealedJson }> {
    const { practiceId, consentId, accountId, clientId, chartId, scope, sensitive, left } = consent;
    const { clientName, fhirUser, endsAt } = consent;
    const row = { consent_id: consentId, account_id: accountId, client_id: clientId, chart_id: chartId };
    const said: Said = { scope, left, clientName, sensitive, fhirUser, endsAt: endsAt.getTime() };
    const allowed: Allowed = { scope: keptScope(scope, left), sensitive };
    const keys = await this.#keychain.of(practiceId);
    return {
      first: sealJson(keys, placeOf(practiceId, row), said),
      second: sealJson(keys, placeOfScope(practiceId, consentId), allowed),
    };
  }

  async #open(practiceId: PracticeId, row: ConsentRow): Promise<Consent> {
    const stored: SealedJson = { keyVersion: row.key_version, sealed: row.sealed };
    const keys = await this.#keychain.of(practiceId);
    const { endsAt, left = null, ...said } = openJson<Said>(keys, placeOf(practiceId, row), stored);
    return {
      practiceId,
      consentId: row.consent_id,
      accountId: row.account_id,
      clientId: row.client_id,
      chartId: row.chart_id,
      ...said,
      left,
      endsAt: new Date(endsAt),
    };
  }
}
