/**
 * The invited person's side: what a code asks for, its proof, and what comes of it. Nobody learns here
 * whether an address is known, except who has proved that it is theirs.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import { type Answer, headerOf, jsonAnswer, type RoutedRequest } from '../../base/exchange.ts';
import type { AccountId } from '../../base/ids.ts';
import { type Transaction, withoutSession } from '../../db/index.ts';
import {
  type FoundInvitation,
  type FoundOffer,
  isAssured,
  isAtHome,
  noMore,
  type Visit,
} from '../../gate/index.ts';
import { isLanguage } from '../../post/index.ts';
import { tellSharers } from '../families/grant-mails.ts';
import { type Asked, maybeTextIn, textIn } from '../json-exchange.ts';
import type { Failures } from '../limits/failures.ts';
import { type Limits, ofNetwork } from '../limits/limits.ts';
import { nameOfBrowser, sayBrowser } from '../sessions/browser-name.ts';
import type { Arrivals } from '../signing-in/arrivals.ts';
import type { Tickets } from '../signing-in/tickets.ts';
import { emailIn, type InvitationDesk, type InvitationDeskParts, kindOf } from './invitation-desk.ts';
import { checkOffered, Offered } from './offered.ts';
import { isDate } from './patient-facts.ts';

export interface InvitedParts extends InvitationDeskParts {
  readonly desk: InvitationDesk;
  readonly arrivals: Arrivals;
  readonly tickets: Tickets;
  readonly limits: Limits;
  readonly failures: Failures;
}

/** A code, or what a mail brought to an address that its holder had named. */
interface Brought {
  readonly found: FoundInvitation;
  /** The address that has been shown to be theirs; null where none has. */
  readonly address: string | null;
  /** Whether the date has been proved before. */
  readonly proved: boolean;
  /** Where it is what somebody shares; null where the practice invites. */
  readonly offer: FoundOffer | null;
}

const MAIL_SECONDS = 72 * 3600;

export class Invited {
  readonly #parts: InvitedParts;
  readonly #offered: Offered;

  constructor(parts: InvitedParts) {
    this.#parts = parts;
    this.#offered = new Offered(parts);
  }

  /** What a code is for and what it asks for. Throws `invalid` for every one that does not work. */
  async describe(request: RoutedRequest, asked: Asked): Promise<object> {
    const { found, address, proved, offer } = await this.#bring(request, asked);
    const { role, birthDate } = found.content;
    const whose = role === 'patient' ? 'own-birth-date' : 'patients-birth-date';
    return {
      practice: await this.#parts.desk.practiceName(found.practiceId),
      as: kindOf(role),
      role,
      prove: birthDate === null || proved ? 'nothing' : whose,
      email: address === null ? 'wanted' : 'known',
      // Whoever shares a record names nobody. It is asked for once the address has been shown.
      name: offer !== null && address !== null ? 'wanted' : 'known',
      triesLeft: found.triesLeft,
      expires: found.expires.toISOString(),
    };
  }

  /** Takes the proof. The answers stand in docs/api.md. */
  async prove(request: RoutedRequest, asked: Asked): Promise<Answer> {
    const brought = await this.#bring(request, asked);
    await this.#check(request, asked, brought);
    const { found, address } = brought;
    if (address === null) return this.#mailTo(found, asked);
    const accountId = await this.#accountOf(found, address, asked);
    const { gate, post, desk, arrivals } = this.#parts;
    const practice = await desk.practiceName(found.practiceId);
    let isTold = false;
    await this.#give(brought, accountId, false, async (tx) => {
      const device = sayBrowser(nameOfBrowser(headerOf(request, 'user-agent')));
      const facts = { practice: practice.name, device, at: this.#parts.clock.now() };
      const about = { facts, language: languageOf(found), practiceId: found.practiceId };
      await post.enqueue(tx as never, { kind: 'invitation-used', ...about, to: { address } });
      await this.#tellSharers(tx, found, accountId);
      isTold = true;
    });
    // One that was opened before, and left without a passkey, is not carried on elsewhere.
    await gate.endSessionsOf(found.practiceId, accountId, 'invited-anew');
    const named = { ...asked, practice: practice.slug };
    return arrivals.byMethods(request, named, accountId, ['link'], isTold);
  }

  /**
   * Takes an invitation for the account of the session, which has been proved well enough. Of staff, it must
   * be the account of the address that was invited.
   */
  async accept(visit: Visit, request: RoutedRequest, asked: Asked): Promise<object> {
    const { gate, desk } = this.#parts;
    const { scope } = visit;
    if (scope.client !== null) throw notFound();
    if (!isAssured(scope.terms)) {
      throw new PosternError('step-up', 'Sign in with a passkey, or a passphrase and a code, first.');
    }
    const brought = await this.#bring(request, asked);
    await this.#check(request, asked, brought);
    const { found } = brought;
    const { role, email } = found.content;
    if (!isAtHome(role) && email !== null) {
      const invited = await gate.accounts.findAccount(email);
      if (invited !== scope.accountId) throw signInFirst();
    }
    if (isAtHome(role) && brought.offer === null) await this.#assertNoBackDoor(found, scope.accountId);
    const practice = await desk.practiceName(found.practiceId);
    await this.#give(brought, scope.accountId, true, (tx) => this.#tellSharers(tx, found, scope.accountId));
    if (brought.offer === null) await gate.invitations.use(found);
    return { practice };
  }

  /** To whoever has yet to make a way to sign in, or who has signed in. */
  #give({ found, offer }: Brought, to: AccountId, isIn: boolean, tell: (tx: Transaction) => Promise<void>) {
    const { gate } = this.#parts;
    if (offer === null) return gate.invitations.give(found, to, tell);
    return gate.offers.giveTo(offer, to, !isIn, tell);
  }

  #tellSharers(
    tx: Transaction,
    { practiceId, content }: FoundInvitation,
    accountId: AccountId,
  ): Promise<void> {
    const { role, chartId } = content;
    return tellSharers(this.#parts, tx, practiceId, { accountId, role, chartId });
  }

  /**
   * As for families: whoever works in the practice, and might have invited themselves, would be let into what
   * is closed to them. Throws `not-processable` unless an owner invited them.
   */
  async #assertNoBackDoor({ practiceId, content }: FoundInvitation, accountId: AccountId): Promise<void> {
    if (content.byOwner) return;
    const { rows } = await this.#parts.server.query<{ works: boolean }>(
      'select postern.account_works($1, $2) as works',
      [practiceId, accountId],
    );
    if (rows[0]?.works !== true) return;
    throw new PosternError('not-processable', 'Somebody who works here is let into a record by an owner.');
  }

  /** Throws `invalid`, the same for all, and counts it against the network. */
  async #bring(request: RoutedRequest, asked: Asked): Promise<Brought> {
    const { limits, failures, gate, desk } = this.#parts;
    const typed = textIn(asked, 'code', 2000);
    const subjects = [ofNetwork(request.address)];
    await limits.take(subjects);
    const brought = await this.#find(typed);
    if (brought !== null && (await desk.isUsed(brought.found))) {
      if (brought.offer === null) await gate.invitations.use(brought.found);
    } else if (brought !== null) {
      await limits.give(subjects);
      return brought;
    }
    await failures.note(null, 'invitation', request.address);
    throw noMore();
  }

  async #find(typed: string): Promise<Brought | null> {
    const { gate, tickets } = this.#parts;
    const found = await gate.invitations.byCode(typed);
    if (found !== null) {
      const { way, email } = found.content;
      return { found, address: way === 'mail' ? email : null, proved: false, offer: null };
    }
    const shared = await this.#offered.find(typed);
    if (shared !== null) return { ...shared, address: null, proved: false };
    const ticket = await tickets.read('invited', typed);
    if (ticket === null) return null;
    const brought = await this.#find(String(ticket.code));
    return brought && { ...brought, address: String(ticket.email), proved: true };
  }

  /** Throws `not-processable` for a wrong date, which counts against invitation and network. */
  async #check(request: RoutedRequest, asked: Asked, { found, proved, offer }: Brought): Promise<void> {
    if (proved || found.content.birthDate === null) return;
    const { limits, gate } = this.#parts;
    const date = maybeTextIn(asked, 'birthDate', 20)?.trim() ?? '';
    if (!isDate(date)) throw new PosternError('invalid', 'birthDate is a date, as in 1951-03-04.');
    if (offer !== null) {
      await checkOffered(limits, ofNetwork(request.address), { found, offer }, date);
      return;
    }
    const subjects = [ofNetwork(request.address)];
    await limits.take(subjects);
    if (!(await gate.invitations.checkProof(found, date))) {
      throw new PosternError('not-processable', 'That is not the date of birth that the practice has.');
    }
    await limits.give(subjects);
  }

  /** Who holds a letter names an address; whoever it belongs to, they go on from there. */
  async #mailTo(found: FoundInvitation, asked: Asked): Promise<Answer> {
    const { limits, tickets, post, desk, server, clock } = this.#parts;
    const address = emailIn(asked);
    if (address === null) throw new PosternError('not-processable', 'An e-mail address is needed.');
    await limits.take([{ limit: 'invitation-mail', of: found.invitationId }]);
    const seconds = Math.floor((found.expires.getTime() - clock.now().getTime()) / 1000);
    const lasts = Math.min(MAIL_SECONDS, seconds);
    const code = textIn(asked, 'code', 2000);
    const ticket = await tickets.make('invited', { code, email: address }, lasts);
    const until = new Date(clock.now().getTime() + lasts * 1000);
    const { name } = await desk.practiceName(found.practiceId);
    const facts = { practice: name, link: desk.link(ticket), until };
    await withoutSession(server, async (tx) => {
      const about = { language: languageOf(found, asked), practiceId: found.practiceId, until };
      await post.enqueue(tx as never, { kind: 'invitation', facts, to: { address }, ...about });
    });
    return jsonAnswer(202, { mail: 'sent' });
  }

  /** A new account; or the one that this invitation made, where it has no way in yet. */
  async #accountOf(found: FoundInvitation, address: string, asked: Asked): Promise<AccountId> {
    const { accounts } = this.#parts.gate;
    const known = await accounts.findAccount(address);
    if (known !== null) {
      // An address alone lets nobody into what stands already: its owner signs in.
      if (known !== found.accountId) throw signInFirst();
      return known;
    }
    if (found.accountId !== null) throw noMore();
    const name = maybeTextIn(asked, 'name', 200)?.trim() ?? '';
    if (name === '' && found.content.name === '') {
      throw new PosternError('not-processable', 'Say what you are called.');
    }
    const language = languageOf(found, asked);
    return accounts.createAccount({
      email: address,
      name: name === '' ? found.content.name : name,
      language,
    });
  }
}

function languageOf({ content }: FoundInvitation, asked: Asked = {}) {
  if (isLanguage(asked.language)) return asked.language;
  return isLanguage(content.language) ? content.language : null;
}

function signInFirst(): PosternError {
  const text = 'This address signs in here already: sign in with it, and take the invitation then.';
  return new PosternError('conflict', text);
}
