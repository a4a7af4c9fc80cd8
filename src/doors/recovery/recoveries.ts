/**
 * Getting back into an account after every way to sign in is lost (NIST SP 800-63B-4 section 4.2). Somebody
 * of the practice sees the person and hands over a code; either the mailbox is shown to be theirs as well, or
 * a day passes in which a link in a notice stops it. A mailbox alone never lets anybody in.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import { type Answer, jsonAnswer, type RoutedRequest } from '../../base/exchange.ts';
import {
  type AccountId,
  type ChartId,
  type LineId,
  newId,
  type PracticeId,
  parseId,
} from '../../base/ids.ts';
import { newSpokenCode, readSpokenCode } from '../../base/spoken-code.ts';
import { withoutSession } from '../../db/index.ts';
import { administers, isAtHome, isStanding, type Visit } from '../../gate/index.ts';
import type { AccessLine } from '../../ledger/index.ts';
import type { NewMail, Post } from '../../post/index.ts';
import { type Asked, textIn } from '../json-exchange.ts';
import type { Failures } from '../limits/failures.ts';
import { addressForm, type Limits, ofNetwork } from '../limits/limits.ts';
import { failureLine, type Lines, ownLine } from '../lines.ts';
import { type DoorParts, secondsOf } from '../parts.ts';
import type { Arrivals } from '../signing-in/arrivals.ts';
import type { Tickets } from '../signing-in/tickets.ts';
import {
  assertKeeps,
  openedRow,
  type Recovery,
  type RecoveryRow,
  readyAt,
  WAIT_SECONDS,
} from './recovery-rows.ts';
import { codeDigest, isCodeOf, type RecoveryContent, sealRecovery } from './sealed-recovery.ts';

export interface RecoveryParts extends DoorParts {
  readonly post: Post;
  readonly arrivals: Arrivals;
  readonly tickets: Tickets;
  readonly limits: Limits;
  readonly lines: Lines;
  readonly failures: Failures;
}

const LASTS_SECONDS = 7 * 86_400;
const LINK_SECONDS = 24 * 3600;

export class Recoveries {
  readonly #parts: RecoveryParts;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** Somebody cannot sign in any more. The same answer and the same work whether the address is known. */
  async ask(request: RoutedRequest, asked: Asked): Promise<Answer> {
    const { limits, tickets, post, server, clock } = this.#parts;
    const email = textIn(asked, 'email', 254).trim();
    await limits.take([ofNetwork(request.address), { limit: 'recovery-mail', of: addressForm(email) }]);
    const found = await this.#whose(email);
    // A mail to an account that is not there is made, and given up unsent.
    const accountId = found ?? newId<AccountId>();
    const link = this.#link(await tickets.make('recovery-begin', { account: accountId }, LINK_SECONDS));
    const until = new Date(clock.now().getTime() + LINK_SECONDS * 1000);
    await withoutSession(server, (tx) =>
      post.enqueue(tx as never, {
        kind: 'recovery-asked',
        facts: { link, until },
        to: { accountId, at: email },
        until,
      }),
    );
    await this.#parts.lines.write(strangersLine({ accountId: found }, 'recover-ask', 'ok', request.address));
    return jsonAnswer(202, { mail: 'sent' });
  }

  /** By any address of theirs; the same work whichever it is, and for none. */
  async #whose(email: string): Promise<AccountId | null> {
    const { accounts, addresses } = this.#parts.gate;
    const [first, further] = [await accounts.findAccount(email), await addresses.find(email)];
    return first ?? further;
  }

  /** The mailbox is theirs. Whether the practice has seen them decides what comes next. */
  async begin(request: RoutedRequest, asked: Asked): Promise<Answer> {
    const { tickets, limits, clock } = this.#parts;
    const subjects = [ofNetwork(request.address)];
    await limits.take(subjects);
    const ticket = await tickets.read('recovery-begin', textIn(asked, 'ticket', 2000));
    const accountId = ticket === null ? null : (ticket.account as AccountId);
    const account = accountId === null ? null : await this.#parts.gate.accounts.describeAccount(accountId);
    if (accountId === null || account === null || account.disabled) throw noMore();
    await limits.give(subjects);
    const open = await this.#openOf(accountId);
    const shown = { mailedAt: secondsOf(clock) };
    const recovery =
      open === null
        ? await this.#start(accountId, { seen: null, ...shown }, request.address)
        : await this.#change(open, { ...open.content, ...shown });
    // The mailbox alone lets nobody in: it spares the waiting to who holds the code.
    return jsonAnswer(200, { state: recovery.content.seen === null ? 'to-be-seen' : 'code' });
  }

  /** The code that the desk handed over, with the account's address. */
  async finish(request: RoutedRequest, asked: Asked): Promise<Answer> {
    const { limits, keychain, failures, clock } = this.#parts;
    const code = readSpokenCode(textIn(asked, 'code', 2000));
    const email = textIn(asked, 'email', 254);
    const accountId = (await this.#whose(email)) ?? newId<AccountId>();
    // By what was typed: a count by account would say which addresses have one.
    const subjects = [
      ofNetwork(request.address),
      { limit: 'recovery-code', of: addressForm(email) } as const,
    ];
    await limits.take(subjects);
    const recovery = await this.#openOf(accountId);
    const seen = recovery?.content.seen ?? null;
    const keys = await keychain.installation();
    if (recovery === null || seen === null || code === null) {
      await failures.note(null, 'recovery', request.address);
      throw noMore();
    }
    if (!isCodeOf(keys, recovery.recoveryId, code, seen.codeDigest)) {
      await failures.note(accountId, 'recovery', request.address);
      throw noMore();
    }
    await limits.give(subjects);
    const ready = readyAt(recovery.content)!;
    if (secondsOf(clock) < ready) {
      return jsonAnswer(200, { state: 'waits', ready: new Date(ready * 1000).toISOString() });
    }
    return this.#finish(request, asked, recovery);
  }

  /** Whoever it belongs to did not ask for it. */
  async stop(request: RoutedRequest, asked: Asked): Promise<Answer> {
    const { tickets, limits } = this.#parts;
    const subjects = [ofNetwork(request.address)];
    await limits.take(subjects);
    const ticket = await tickets.read('recovery-stop', textIn(asked, 'ticket', 2000));
    const open = ticket === null ? null : await this.#openOf(ticket.account as AccountId);
    if (open === null || open.recoveryId !== ticket!.recovery) throw noMore();
    await limits.give(subjects);
    await this.#end(open, strangersLine(open, 'recover-end', 'refused', request.address));
    return jsonAnswer(200, { state: 'stopped' });
  }

  /**
   * Somebody of the practice has seen the person and knows who they are. Authority: who registers patients,
   * for accounts that come for the chart named; the owner, for those who work in the practice and nowhere
   * else. Answers the code to hand over, which is nowhere else, and when it works.
   */
  async see(visit: Visit, asked: Asked): Promise<{ code: string; ready: Date; expires: Date }> {
    const { gate, keychain, clock, lines } = this.#parts;
    const accountId = parseId<AccountId>(textIn(asked, 'account', 64));
    const { scope } = visit;
    assertKeeps(visit);
    if (accountId === null || accountId === scope.accountId) throw notFound();
    const chart = await this.#assertTheirs(visit, accountId, asked);
    const checked = textIn(asked, 'checked', 300).trim();
    if (checked.length < 5) throw new PosternError('invalid', 'Say in checked what they were known by.');
    await gate.assertFresh(visit);
    await lines.write(ownLine(visit, 'recover-start', ['Account', accountId]));
    const code = newSpokenCode();
    const open = await this.#openOf(accountId);
    const recovery = open ?? (await this.#start(accountId, { seen: null, mailedAt: null }, visit.address));
    const keys = await keychain.installation();
    const seen = {
      practiceId: scope.practiceId,
      by: scope.accountId,
      chart,
      checked,
      at: secondsOf(clock),
      codeDigest: codeDigest(keys, recovery.recoveryId, code),
    };
    const changed = await this.#change(recovery, { ...recovery.content, seen });
    if (open !== null) await this.#tellStarted(changed);
    return { code, ready: new Date(readyAt(changed.content)! * 1000), expires: recovery.expires };
  }

  /** Takes it back. Authority as for seeing. */
  async takeBack(visit: Visit, account: string): Promise<void> {
    const accountId = parseId<AccountId>(account);
    const { scope } = visit;
    assertKeeps(visit);
    const open = accountId === null ? null : await this.#openOf(accountId);
    if (open === null || open.content.seen?.practiceId !== scope.practiceId) throw notFound();
    await this.#end(open, ownLine(visit, 'recover-end', ['Account', open.accountId], 'refused'));
  }

  /** Throws not-found unless the practice may say that it knows them; answers for which record they come. */
  async #assertTheirs(visit: Visit, accountId: AccountId, asked: Asked): Promise<ChartId | null> {
    const { gate, server, clock } = this.#parts;
    const { scope } = visit;
    const { rows } = await server.query<{ practice_id: PracticeId }>(
      'select w as practice_id from postern.account_workplaces($1) w',
      [accountId],
    );
    if (rows.length > 0) {
      const here = rows.every(({ practice_id }) => practice_id === scope.practiceId);
      if (!administers(scope) || !here) throw notFound();
      return null;
    }
    const chartId = parseId<ChartId>(textIn(asked, 'chart', 64));
    const grants = chartId === null ? [] : await gate.grants.onChart(visit, chartId);
    const theirs = grants.some(
      (grant) =>
        grant.accountId === accountId && isAtHome(grant.role as never) && isStanding(grant, clock.now()),
    );
    if (!theirs) throw notFound();
    return chartId;
  }

  async #start(accountId: AccountId, content: RecoveryContent, address: string | null): Promise<Recovery> {
    const { server, keychain, clock, lines } = this.#parts;
    const recoveryId = newId();
    const started = clock.now();
    const expires = new Date(started.getTime() + LASTS_SECONDS * 1000);
    const recovery = { accountId, recoveryId, version: 1, expires, content };
    const keys = await keychain.installation();
    await lines.write(strangersLine(recovery, 'recover-start', 'ok', address));
    const stop = this.#link(await this.#stopTicket(recovery), 'stop');
    const ready = new Date(started.getTime() + WAIT_SECONDS * 1000);
    const put = await withoutSession(server, async (tx) => {
      const { rows } = await tx.query<{ put: boolean }>(
        'select postern.recovery_put($1, $2, $3, $4, $5) as put',
        [accountId, recoveryId, started, expires, sealRecovery(keys, recovery, content)],
      );
      if (rows[0]?.put !== true) return false;
      await this.#tell(tx, { kind: 'recovery-started', facts: { ready, stop }, to: { accountId } });
      return true;
    });
    if (put) return recovery;
    const other = await this.#openOf(accountId);
    if (other === null) throw noMore();
    return this.#change(other, { ...other.content, ...(content.mailedAt === null ? {} : content) });
  }

  /** Whoever has the mailbox is told once more: now somebody says that they saw the person. */
  async #tellStarted(recovery: Recovery): Promise<void> {
    const stop = this.#link(await this.#stopTicket(recovery), 'stop');
    const facts = { ready: new Date(readyAt(recovery.content)! * 1000), stop };
    await withoutSession(this.#parts.server, (tx) =>
      this.#tell(tx, { kind: 'recovery-started', facts, to: { accountId: recovery.accountId } }),
    );
  }

  async #change(recovery: Recovery, content: RecoveryContent): Promise<Recovery> {
    const { server, keychain } = this.#parts;
    const { accountId, recoveryId, version } = recovery;
    const changed = { ...recovery, version: version + 1, content };
    const sealed = sealRecovery(await keychain.installation(), changed, content);
    const { rows } = await server.query<{ changed: boolean }>(
      "select postern.recovery_change($1, $2, $3, 'open', $4) as changed",
      [accountId, recoveryId, version, sealed],
    );
    if (rows[0]?.changed !== true)
      throw new PosternError('unavailable', 'Somebody else was at it. Try again.');
    return changed;
  }

  async #end(recovery: Recovery, line: AccessLine): Promise<void> {
    const { server, keychain, clock, lines } = this.#parts;
    const { accountId, recoveryId, version, content } = recovery;
    const sealed = sealRecovery(
      await keychain.installation(),
      { ...recovery, version: version + 1 },
      content,
    );
    await lines.write(line);
    await withoutSession(server, async (tx) => {
      const { rows } = await tx.query<{ changed: boolean }>(
        "select postern.recovery_change($1, $2, $3, 'stopped', $4) as changed",
        [accountId, recoveryId, version, sealed],
      );
      if (rows[0]?.changed !== true) throw noMore();
      await this.#tell(tx, { kind: 'recovery-stopped', facts: { at: clock.now() }, to: { accountId } });
    });
  }

  /** Old ways in and sessions end; a session opens in which a passkey can be made. */
  async #finish(request: RoutedRequest, asked: Asked, recovery: Recovery): Promise<Answer> {
    const { server, keychain, clock, lines, gate, arrivals } = this.#parts;
    const { accountId, recoveryId, version, content } = recovery;
    const sealed = sealRecovery(
      await keychain.installation(),
      { ...recovery, version: version + 1 },
      content,
    );
    await lines.write(strangersLine(recovery, 'recover-end', 'ok', request.address));
    await withoutSession(server, async (tx) => {
      const { rows } = await tx.query<{ done: boolean }>(
        'select postern.recovery_finish($1, $2, $3, $4) as done',
        [accountId, recoveryId, version, sealed],
      );
      if (rows[0]?.done !== true) throw noMore();
      await this.#tell(tx, { kind: 'recovery-done', facts: { at: clock.now() }, to: { accountId } });
    });
    const practices = await gate.accounts.practicesOf(accountId);
    const seen = practices.find(({ practiceId }) => practiceId === content.seen?.practiceId) ?? practices[0];
    return arrivals.byMethods(request, { ...asked, practice: seen?.slug ?? '' }, accountId, ['link']);
  }

  /** The one that is open and not over; null where there is none, or nobody of us made it. */
  async #openOf(accountId: AccountId): Promise<Recovery | null> {
    const { server, clock } = this.#parts;
    const { rows } = await server.query<RecoveryRow>(
      'select r.recovery_id, r.version, r.expires_at, r.sealed from postern.recovery_of($1) r',
      [accountId],
    );
    const [row] = rows;
    return row === undefined || row.expires_at <= clock.now() ? null : openedRow(this.#parts, accountId, row);
  }

  #tell(tx: unknown, mail: NewMail): Promise<string> {
    return this.#parts.post.enqueue(tx as never, mail);
  }

  #stopTicket({ accountId, recoveryId }: Recovery): Promise<string> {
    return this.#parts.tickets.make(
      'recovery-stop',
      { account: accountId, recovery: recoveryId },
      LASTS_SECONDS,
    );
  }

  #link(ticket: string, what = 'begin'): string {
    return `${this.#parts.publicUrl}/recovery#${what}=${ticket}`;
  }
}

/** One sentence for every reason. */
function noMore(): PosternError {
  return new PosternError('invalid', 'This does not work: it may be over, stopped or mistyped.');
}

/** Of what somebody did who is not signed in: in the log of the installation, whose accounts are. */
function strangersLine(
  { accountId }: { readonly accountId: AccountId | null },
  action: string,
  outcome: 'ok' | 'refused',
  address: string | null,
): AccessLine {
  return { ...failureLine(accountId, 'recovery', address ?? ''), id: newId<LineId>(), action, outcome };
}
