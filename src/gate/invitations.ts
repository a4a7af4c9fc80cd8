/**
 * Invitations: the practice asks somebody in, as a patient, for one, or to work there. Whoever brings the
 * code and proves that it is for them is given what was promised, by the authority of whoever invited, which
 * must still stand then. Codes are in nobody's log, and in the database by their MACs alone.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { invariant, notFound } from '../base/errors.ts';
import { type AccountId, type GrantId, newId, type PracticeId } from '../base/ids.ts';
import { newSpokenCode, readSpokenCode } from '../base/spoken-code.ts';
import { type Transaction, withoutSession } from '../db/index.ts';
import { appendLine, type LineEntry, type LineWriter } from '../ledger/index.ts';
import type { PracticeKeys } from '../seal/index.ts';
import { grantsLine, isStanding, listGrants, putGrant, sealReason } from './grant-rows.ts';
import { checkTerms, invitesBy, mayInvite } from './grant-rules.ts';
import type { Grants } from './grants.ts';
import {
  type FoundInvitation,
  type FoundRow,
  genuine,
  type Invitation,
  type InvitationState,
  type ListedRow,
  lineOf,
  type MadeCode,
  type NewInvitation,
  noMore,
  opened,
  strangersLine,
} from './invitation-rows.ts';
import type { Keychain } from './keychain.ts';
import type { Visit } from './scope.ts';
import {
  type CodeClaim,
  claimMac,
  codeMac,
  type InvitationContent,
  type InvitationWay,
  isGenuineClaim,
  sealInvitation,
} from './sealed-invitation.ts';

export interface InvitationsParts {
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly grants: Grants;
  readonly lines: LineWriter;
  /** Told of a row that nobody of us made. */
  onForged(practiceId: PracticeId): Promise<void>;
}

/** Wrong proofs after which it is over. */
const MOST_TRIES = 5;
/** How long a code works, in seconds. */
const LASTS: Readonly<Record<InvitationWay, number>> = { mail: 72 * 3600, letter: 14 * 86_400 };
const LISTED = 500;

export class Invitations {
  readonly #parts: InvitationsParts;

  constructor(parts: InvitationsParts) {
    this.#parts = parts;
  }

  /**
   * Invites somebody; `tell` is told the code within the transaction. Authority: `administer` for any role;
   * who registers patients for those and whoever acts for them. Throws not-found where there is neither, and
   * `invalid` for terms that make no sense.
   */
  async make(
    visit: Visit,
    invited: NewInvitation,
    tell: (tx: Transaction, made: MadeCode) => Promise<void>,
  ): Promise<Invitation> {
    const { clock, grants, keychain } = this.#parts;
    const madeAt = clock.now();
    const expires = new Date(Math.floor(madeAt.getTime() / 1000 + LASTS[invited.way]) * 1000);
    const { role, chartId, way, name, email, birthDate, language, reason = null } = invited;
    const terms = { accountId: newId<AccountId>(), role, chartId, startsAt: madeAt };
    const given = invited.given.map(({ sections, endsAt }) => ({
      sections: checkTerms({ ...terms, sections, endsAt }),
      ends: endsAt?.toISOString() ?? null,
    }));
    invariant(given.length > 0, 'an invitation gives something');
    const invitationId = newId();
    const code = newSpokenCode();
    return grants.within(visit, async (tx, current) => {
      const { scope } = current;
      if (!mayInvite(scope, role)) throw notFound();
      const own = await listGrants(tx, scope, scope.accountId, null);
      const under = invitesBy(
        scope,
        role,
        own.filter((grant) => isStanding(grant, madeAt)),
      );
      const content: InvitationContent = {
        ...{ role, chartId, given, way, name, email, birthDate, language, reason },
        invitedBy: scope.accountId,
        byOwner: scope.system || scope.roles.includes('owner'),
        under,
        expires: expires.toISOString(),
        code: way === 'letter' ? code : null,
        over: false,
      };
      const keys = await keychain.of(scope.practiceId);
      const detail = reason === null ? null : sealReason(keys, invitationId, reason);
      await appendLine(tx as never, { ...lineOf(current, 'invite', chartId, invitationId), detail });
      const { rows } = await tx.query<{ put: boolean }>(
        'select postern.invitation_put($1, $2, $3, $4, $5, $6, $7) as put',
        [
          invitationId,
          scope.accountId,
          under,
          chartId,
          madeAt,
          expires,
          sealInvitation(keys, invitationId, content),
        ],
      );
      if (rows[0]?.put !== true) throw notFound();
      await this.#putCode(tx, code, {
        practiceId: scope.practiceId,
        invitationId,
        mailed: way === 'mail',
        expires,
      });
      await tell(tx, { code, expires });
      return { invitationId, content, madeAt, expires, state: 'open', accountId: null };
    });
  }

  /** Those of the practice, newest first. Authority: of who may invite anybody. The line stands first. */
  async list(visit: Visit): Promise<Invitation[]> {
    const found = await this.#parts.grants.within(visit, async (tx, current) => {
      if (!mayInvite(current.scope, 'patient')) throw notFound();
      await appendLine(tx as never, { ...grantsLine(current, 'list-invitations', []) });
      return this.#listed(tx);
    });
    const keys = await this.#parts.keychain.of(visit.scope.practiceId);
    return found.flatMap((row) => this.#described(keys, row));
  }

  /** One of them that works still; null where there is none. Authority: to invite to the same. */
  async find(visit: Visit, invitationId: string): Promise<Invitation | null> {
    const found = await this.#parts.grants.within(visit, async (tx, { scope }) => {
      if (!mayInvite(scope, 'patient')) throw notFound();
      return (await this.#listed(tx)).find((row) => row.invitation_id === invitationId);
    });
    if (found === undefined) return null;
    const [one] = this.#described(await this.#parts.keychain.of(visit.scope.practiceId), found);
    if (one === undefined || !mayInvite(visit.scope, one.content.role)) return null;
    return one.state === 'open' || one.state === 'proved' ? one : null;
  }

  /** Notes that a letter is shown with its code. */
  async noteShown(visit: Visit, { invitationId, content }: Invitation): Promise<void> {
    await this.#parts.grants.within(visit, (tx, current) =>
      appendLine(tx as never, lineOf(current, 'invite-letter', content.chartId, invitationId)),
    );
  }

  /** Takes one back; false where none works still. Authority: to invite to the same. */
  async end(visit: Visit, invitationId: string): Promise<boolean> {
    const found = await this.find(visit, invitationId);
    if (found === null) return false;
    const keys = await this.#parts.keychain.of(visit.scope.practiceId);
    return this.#parts.grants.within(visit, async (tx, current) => {
      await appendLine(tx as never, lineOf(current, 'invite-end', found.content.chartId, invitationId));
      const sealed = sealInvitation(keys, invitationId, { ...found.content, code: null, over: true });
      const { practiceId } = current.scope;
      const { rows } = await tx.query<{ closed: boolean }>(
        "select postern.invitation_close($1, $2, 'ended', $3) as closed",
        [practiceId, invitationId, sealed],
      );
      return rows[0]!.closed;
    });
  }

  /** What a code is for; null for every one that does not work, whatever the reason. */
  async byCode(typed: string): Promise<FoundInvitation | null> {
    const { server, keychain, clock, onForged } = this.#parts;
    const code = typed.length > 64 ? null : readSpokenCode(typed);
    if (code === null) return null;
    const installation = await keychain.installation();
    for (const version of installation.versions('mac').reverse()) {
      const found = codeMac(installation, code, version);
      const { rows } = await server.query<FoundRow>(
        `select i.practice_id, i.invitation_id, i.mailed, i.code_expires, i.mac, i.invited_by, i.under,
           i.expires_at, i.tries, i.account_id, i.sealed
         from postern.invitation_find($1) i`,
        [found],
      );
      const [row] = rows;
      if (row === undefined) continue;
      const { practice_id: practiceId, invitation_id: invitationId, mailed, code_expires: expires } = row;
      const claim: CodeClaim = { codeMac: found, practiceId, invitationId, mailed, expires };
      const content = isGenuineClaim(installation, claim, row.mac)
        ? genuine(await keychain.of(practiceId), row)
        : null;
      if (content === null) {
        await onForged(practiceId);
        return null;
      }
      const now = clock.now();
      if (content.over || expires <= now || row.tries >= MOST_TRIES) return null;
      const { account_id: accountId, tries } = row;
      return { practiceId, invitationId, content, mailed, expires, accountId, triesLeft: MOST_TRIES - tries };
    }
    return null;
  }

  /**
   * Whether the date that somebody gave is right. It is counted before it is looked at; the fifth wrong one
   * in a row ends the invitation. Throws `invalid` where it is over.
   */
  async checkProof(found: FoundInvitation, birthDate: string | null): Promise<boolean> {
    const { server, keychain } = this.#parts;
    const { practiceId, invitationId, content } = found;
    const { rows } = await server.query<{ tries: number | null }>(
      'select postern.invitation_try($1, $2, $3) as tries',
      [practiceId, invitationId, MOST_TRIES],
    );
    const tries = rows[0]?.tries ?? null;
    if (tries === null) throw noMore();
    if (content.birthDate === null || content.birthDate === birthDate) {
      await server.query('select postern.invitation_right($1, $2)', [practiceId, invitationId]);
      return true;
    }
    const entries: LineEntry[] = [[content.chartId, 'Invitation', invitationId, null]];
    await this.#parts.lines.write(strangersLine(practiceId, 'invite-failed', 'refused', entries));
    if (tries >= MOST_TRIES) await this.#close(await keychain.of(practiceId), found, 'ended');
    return false;
  }

  /**
   * Gives an account what the invitation promised, once; then `tell` is called within the transaction.
   * Whoever calls has checked proof and person. Throws `invalid` where another account was faster, or whoever
   * invited may no more.
   */
  async give(
    found: FoundInvitation,
    accountId: AccountId,
    tell: (tx: Transaction) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const { server, keychain, clock, lines } = this.#parts;
    const { practiceId, invitationId, content } = found;
    const { role, chartId, invitedBy, reason: why = null } = content;
    const keys = await keychain.of(practiceId);
    const startsAt = clock.now();
    const giving = content.given
      .map(({ sections, ends }) => ({ sections, endsAt: ends === null ? null : new Date(ends) }))
      .filter(({ endsAt }) => endsAt === null || endsAt > startsAt)
      .map((grant) => ({ ...grant, grantId: newId<GrantId>() }));
    if (giving.length === 0) throw noMore();
    if (found.accountId !== null && found.accountId !== accountId) throw noMore();
    if (found.accountId === null) {
      const grants = giving.map(({ grantId }): LineEntry => [chartId, 'Grant', grantId, null]);
      const invitation: LineEntry = [chartId, 'Invitation', found.invitationId, null];
      const entries: LineEntry[] = [invitation, ...grants, [chartId, 'Account', accountId, null]];
      await lines.write(strangersLine(practiceId, 'invite-used', 'ok', entries));
    }
    await withoutSession(server, async (tx) => {
      const { rows } = await tx.query<{ proved: string }>(
        'select postern.invitation_prove($1, $2, $3) as proved',
        [practiceId, invitationId, accountId],
      );
      const proved = rows[0]?.proved;
      if (proved === 'again') return;
      if (proved !== 'new') throw noMore();
      const same = { accountId, role, chartId, startsAt, grantedBy: invitedBy, givenUnder: [] };
      for (const grant of giving) {
        const reason = why === null ? null : sealReason(keys, grant.grantId, why);
        await putGrant(tx, keys, { ...same, ...grant, reason });
      }
      await tell(tx);
    });
  }

  /** It has led to a way to sign in: its codes work no more. */
  async use(found: FoundInvitation): Promise<void> {
    await this.#close(await this.#parts.keychain.of(found.practiceId), found, 'used');
  }

  async #close(
    keys: PracticeKeys,
    { practiceId, invitationId, content }: FoundInvitation,
    state: 'used' | 'ended',
  ): Promise<void> {
    const sealed = sealInvitation(keys, invitationId, { ...content, code: null, over: true });
    await this.#parts.server.query('select postern.invitation_close($1, $2, $3, $4)', [
      practiceId,
      invitationId,
      state,
      sealed,
    ]);
  }

  async #putCode(tx: Transaction, code: string, claim: Omit<CodeClaim, 'codeMac'>): Promise<void> {
    const installation = await this.#parts.keychain.installation();
    const whole = { ...claim, codeMac: codeMac(installation, code) };
    await tx.query('select postern.invitation_code_put($1, $2, $3, $4, $5, $6)', [
      whole.codeMac,
      whole.practiceId,
      whole.invitationId,
      whole.mailed,
      whole.expires,
      claimMac(installation, whole),
    ]);
  }

  async #listed(tx: Transaction): Promise<ListedRow[]> {
    const { rows } = await tx.query<ListedRow>(
      `select i.invitation_id, i.stands, i.made_at, i.expires_at, i.tries, i.state, i.account_id, i.sealed
       from postern.invitation_list($1) i`,
      [LISTED],
    );
    return rows;
  }

  /** Nothing for a row that nobody of us made. */
  #described(keys: PracticeKeys, row: ListedRow): Invitation[] {
    const content = opened(keys, row.invitation_id, row.sealed);
    if (content === null) return [];
    const { invitation_id: invitationId, made_at: madeAt, account_id: accountId } = row;
    const expires = new Date(content.expires);
    const state = this.#stateOf(row, content, expires);
    return [{ invitationId, content, madeAt, expires, state, accountId }];
  }

  #stateOf(row: ListedRow, content: InvitationContent, expires: Date): InvitationState {
    if (row.state !== 'open') return row.state;
    if (content.over || !row.stands || row.tries >= MOST_TRIES) return 'ended';
    if (expires <= this.#parts.clock.now()) return 'expired';
    return row.account_id === null ? 'open' : 'proved';
  }
}
