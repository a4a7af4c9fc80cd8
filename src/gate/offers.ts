/**
 * Offers of access: a patient makes a code and hands it to somebody; whoever signs in to the practice and
 * types it gets what was offered. So nobody has to ask whether an address is known here. A code works once,
 * for three days, and only as long as the grants stand under which it was made. A link stands for the same
 * offer (`src/doors/invitations/offered.ts`), for somebody who has no account yet.
 */
import type { Pool } from 'pg';
import { notFound, PosternError } from '../base/errors.ts';
import { type AccountId, type ChartId, type GrantId, newId, type PracticeId } from '../base/ids.ts';
import type { SectionMask } from '../base/section.ts';
import { newSpokenCode, readSpokenCode } from '../base/spoken-code.ts';
import { type Transaction, withoutSession } from '../db/index.ts';
import { appendLine, type LineEntry, type LineWriter } from '../ledger/index.ts';
import { mac, macEquals, type PracticeKeys } from '../seal/index.ts';
import { grantsLine, listGrants, putGrant } from './grant-rows.ts';
import { checkTerms, type GrantTerms, givenUnder, mayGive } from './grant-rules.ts';
import type { Grants, GrantsParts } from './grants.ts';
import { noMore, strangersLine } from './invitation-rows.ts';
import type { Visit } from './scope.ts';

export interface NewOffer {
  readonly chartId: ChartId;
  readonly sections: SectionMask;
  readonly endsAt: Date | null;
}

export interface StandingOffer extends NewOffer {
  readonly offerId: string;
  /** Until when somebody may take it. */
  readonly expires: Date;
}

/** One as whoever comes by its link brings it, without a session. */
export interface FoundOffer extends StandingOffer {
  readonly practiceId: PracticeId;
  readonly givenBy: AccountId;
  /** The giver's grants that must stand when somebody takes it. */
  readonly under: readonly GrantId[];
  /** Whose it is, once somebody has proved it. */
  readonly accountId: AccountId | null;
}

/** One that was made: its code is nowhere else. */
export interface MadeOffer {
  readonly offerId: string;
  readonly code: string;
  readonly expires: Date;
}

export interface OffersParts extends Pick<GrantsParts, 'keychain' | 'clock'> {
  readonly server: Pool;
  readonly lines: LineWriter;
}

/** Told of what somebody took. */
export type OfferTold = (tx: Transaction, taken: GrantTerms & { readonly chartId: ChartId }) => Promise<void>;

interface OfferContent {
  readonly sections: SectionMask;
  readonly ends: string | null;
  readonly under: readonly GrantId[];
}

interface OfferRow {
  offer_id: string;
  given_by: AccountId;
  chart_id: ChartId;
  content: string;
  mac: Buffer;
  expires: Date;
}

interface FoundRow extends Omit<OfferRow, 'offer_id'> {
  account_id: AccountId | null;
}

const OFFER_SECONDS = 3 * 24 * 3600;
const MOST_AT_ONCE = 10;

export class Offers {
  readonly #parts: OffersParts;
  readonly #grants: Grants;

  constructor(parts: OffersParts, grants: Grants) {
    this.#parts = parts;
    this.#grants = grants;
    grants.whenLeaving(async (tx, _, accountId) => {
      await tx.query('select postern.family_offers_end($1)', [accountId]);
    });
  }

  /**
   * Offers to act as a proxy; answers the code, which is nowhere else. Authority and errors as for giving the
   * grant itself; `conflict` where too many offers wait.
   */
  async make(visit: Visit, offer: NewOffer): Promise<MadeOffer> {
    const { keychain, clock } = this.#parts;
    const now = clock.now();
    const { chartId, endsAt } = offer;
    const somebody = newId<AccountId>();
    const terms = { accountId: somebody, role: 'proxy', chartId, startsAt: now, endsAt } as const;
    const sections = checkTerms({ ...terms, sections: offer.sections });
    const code = newSpokenCode();
    const expires = new Date(now.getTime() + OFFER_SECONDS * 1000);
    const offerId = newId();
    await this.#grants.within(visit, async (tx, current) => {
      const { scope } = current;
      const grant = { ...terms, sections };
      if (!mayGive(scope, grant, sections)) throw notFound();
      const own = await listGrants(tx, scope, scope.accountId, chartId);
      const under = givenUnder(scope, own, grant, sections);
      if (under === null) throw new PosternError('invalid', 'The grant would outlast your own.');
      if ((await this.#list(tx)).length >= MOST_AT_ONCE) {
        throw new PosternError('conflict', 'Too many offers wait already: take one back.');
      }
      const keys = await keychain.of(scope.practiceId);
      const content: OfferContent = { sections, ends: endsAt?.toISOString() ?? null, under };
      const row = {
        offer_id: offerId,
        given_by: scope.accountId,
        chart_id: chartId,
        content: JSON.stringify(content),
        expires: new Date(Math.floor(expires.getTime() / 1000) * 1000),
      };
      const line = grantsLine(current, 'offer-grant', []);
      await appendLine(tx as never, { ...line, entries: [[chartId, 'Offer', offerId, null]] });
      await tx.query('select postern.family_offer_put($1, $2, $3, $4, $5, $6, $7)', [
        offerId,
        codeMac(keys, code),
        chartId,
        row.content,
        offerMac(keys, row),
        row.given_by,
        row.expires,
      ]);
    });
    return { offerId, code, expires };
  }

  /** One's own that nobody has taken. */
  async list(visit: Visit): Promise<StandingOffer[]> {
    const { practiceId } = visit.scope;
    const keys = await this.#parts.keychain.of(practiceId);
    const rows = await this.#grants.within(visit, (tx, { scope }) =>
      this.#list(tx).then((found) => found.map((row) => ({ ...row, given_by: scope.accountId }))),
    );
    return rows.flatMap((row) => {
      if (!isGenuine(keys, row)) return [];
      const { sections, ends } = JSON.parse(row.content) as OfferContent;
      const endsAt = ends === null ? null : new Date(ends);
      return [{ offerId: row.offer_id, chartId: row.chart_id, sections, endsAt, expires: row.expires }];
    });
  }

  /** Takes one's own offer back; false where there is none. */
  async takeBack(visit: Visit, offerId: string): Promise<boolean> {
    return this.#grants.within(visit, async (tx, current) => {
      const { rows } = await tx.query<{ ended: boolean | null }>(
        'select postern.family_offer_end($1) as ended',
        [offerId],
      );
      if (rows[0]?.ended !== true) return false;
      const line = grantsLine(current, 'end-offer', []);
      await appendLine(tx as never, { ...line, entries: [[null, 'Offer', offerId, null]] });
      return true;
    });
  }

  /**
   * Takes what a code offers. Throws not-found, one answer for all reasons: no such code, used, too old, made
   * by oneself, or made under grants that stand no more. `tell` is called within the transaction.
   */
  async accept(visit: Visit, typed: string, tell: OfferTold = async () => undefined): Promise<GrantId> {
    const code = readSpokenCode(typed);
    if (code === null || visit.scope.client !== null) throw notFound();
    try {
      return await this.#grants.within(visit, (tx, current) => this.#accept(tx, current, code, tell));
    } catch (error) {
      // A grant it was made under has ended, and that stays so.
      if ((error as { code?: unknown }).code === 'PT001') throw notFound();
      throw error;
    }
  }

  async #accept(tx: Transaction, visit: Visit, code: string, tell: OfferTold): Promise<GrantId> {
    const { practiceId, accountId } = visit.scope;
    const keys = await this.#parts.keychain.of(practiceId);
    const row = await this.#take(tx, keys, code);
    if (row === null || row.given_by === accountId || !isGenuine(keys, row)) throw notFound();
    const { sections, ends, under } = JSON.parse(row.content) as OfferContent;
    const startsAt = this.#parts.clock.now();
    const endsAt = ends === null ? null : new Date(ends);
    if (endsAt !== null && endsAt <= startsAt) throw notFound();
    const { chart_id: chartId, given_by: grantedBy } = row;
    const grantId = newId<GrantId>();
    // Whoever gave it said so when they made the code.
    const line = grantsLine(visit, 'take-offer', [{ chartId, grantId }]);
    const offer: LineEntry = [chartId, 'Offer', row.offer_id, null];
    await appendLine(tx as never, { ...line, entries: [offer, ...line.entries] });
    const terms = { accountId, role: 'proxy', chartId, sections, startsAt, endsAt } as const;
    await putGrant(tx, keys, { ...terms, grantId, grantedBy, givenUnder: under, reason: null });
    await tell(tx, terms);
    return grantId;
  }

  /** The one of a link; null for every one that does not work, whatever the reason. */
  async find(practiceId: PracticeId, offerId: string): Promise<FoundOffer | null> {
    const { server, keychain } = this.#parts;
    const { rows } = await server.query<FoundRow>(
      `select o.given_by, o.chart_id, o.content, o.mac, o.expires, o.account_id
       from postern.family_offer_find($1, $2) o`,
      [practiceId, offerId],
    );
    const row = rows[0] === undefined ? null : { ...rows[0], offer_id: offerId };
    if (row === null || !isGenuine(await keychain.of(practiceId), row)) return null;
    const { sections, ends, under } = JSON.parse(row.content) as OfferContent;
    const endsAt = ends === null ? null : new Date(ends);
    const { chart_id: chartId, expires, given_by: givenBy, account_id: accountId } = row;
    return { practiceId, offerId, chartId, sections, endsAt, expires, givenBy, under, accountId };
  }

  /**
   * Gives an account without a session what the offer promises, once; then `tell` is called within the
   * transaction. It is over then, unless it is `kept` for a start that may be left and goes on. Whoever calls
   * has checked proof and person. Throws `invalid` where another account was faster, where it is the giver's
   * own, or where they may give it no more.
   */
  async giveTo(found: FoundOffer, accountId: AccountId, kept: boolean, tell: OfferTold): Promise<void> {
    const { server, keychain, clock, lines } = this.#parts;
    const { practiceId, offerId, chartId, sections, endsAt, givenBy, under } = found;
    const startsAt = clock.now();
    if (accountId === givenBy || (endsAt !== null && endsAt <= startsAt)) throw noMore();
    if (found.accountId !== null && found.accountId !== accountId) throw noMore();
    const keys = await keychain.of(practiceId);
    const grantId = newId<GrantId>();
    if (found.accountId === null) {
      const entries: LineEntry[] = [
        [chartId, 'Offer', offerId, null],
        [chartId, 'Grant', grantId, null],
        [chartId, 'Account', accountId, null],
      ];
      await lines.write(strangersLine(practiceId, 'invite-used', 'ok', entries));
    }
    const terms = { accountId, role: 'proxy', chartId, sections, startsAt, endsAt } as const;
    try {
      await withoutSession(server, async (tx) => {
        const { rows } = await tx.query<{ proved: string | null }>(
          'select postern.family_offer_prove($1, $2, $3, $4) as proved',
          [practiceId, offerId, accountId, kept],
        );
        if (rows[0]?.proved === 'again') return;
        if (rows[0]?.proved !== 'new') throw noMore();
        const given = { grantId, grantedBy: givenBy, givenUnder: under, reason: null };
        await putGrant(tx, keys, { ...terms, ...given });
        await tell(tx, terms);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'PT001') throw noMore();
      throw error;
    }
  }

  async #take(tx: Transaction, keys: PracticeKeys, code: string): Promise<OfferRow | null> {
    for (const version of keys.versions('mac')) {
      const { rows } = await tx.query<OfferRow>(
        `select o.offer_id, o.given_by, o.chart_id, o.content, o.mac, o.expires
         from postern.family_offer_take($1) o`,
        [codeMac(keys, code, version)],
      );
      if (rows[0] !== undefined) return rows[0];
    }
    return null;
  }

  async #list(tx: Transaction): Promise<Omit<OfferRow, 'given_by'>[]> {
    const { rows } = await tx.query<OfferRow>(
      'select o.offer_id, o.chart_id, o.content, o.mac, o.expires from postern.family_offer_list() o',
    );
    return rows;
  }
}

function codeMac(keys: PracticeKeys, code: string, version?: number): Buffer {
  return mac(keys.macKey(version), 'postern/offer-code/v1', keys.practiceId, code);
}

function offerMac(keys: PracticeKeys, row: Omit<OfferRow, 'mac'>, version?: number): Buffer {
  const { offer_id: offerId, given_by: by, chart_id: chartId, content, expires } = row;
  const key = keys.macKey(version);
  const until = String(expires.getTime());
  return mac(key, 'postern/offer/v1', keys.practiceId, offerId, by, chartId, content, until);
}

function isGenuine(keys: PracticeKeys, row: OfferRow): boolean {
  return keys.versions('mac').some((version) => macEquals(offerMac(keys, row, version), row.mac));
}
