/**
 * Addresses of one's own account: mails go to all of them where somebody may have got in, and whoever lost
 * every way to sign in may begin at any. One counts once whoever says that it is theirs opened a link there.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import type { RoutedRequest } from '../../base/exchange.ts';
import type { AccountId } from '../../base/ids.ts';
import { withoutSession } from '../../db/index.ts';
import { isEmail, normalEmail, type TellAddresses, type Visit } from '../../gate/index.ts';
import { isLanguage, type NewMail, type Post } from '../../post/index.ts';
import { ownerOf } from '../factors/account-factors.ts';
import { type Asked, textIn } from '../json-exchange.ts';
import { type Limits, ofNetwork } from '../limits/limits.ts';
import { type DoorAction, type Lines, ownLine } from '../lines.ts';
import type { DoorParts } from '../parts.ts';
import type { Tickets } from '../signing-in/tickets.ts';

export interface OwnAddressParts extends DoorParts {
  readonly post: Pick<Post, 'enqueue'>;
  readonly tickets: Tickets;
  readonly limits: Limits;
  readonly lines: Lines;
}

const LINK_SECONDS = 24 * 3600;

export class OwnAddresses {
  readonly #parts: OwnAddressParts;

  constructor(parts: OwnAddressParts) {
    this.#parts = parts;
  }

  /** The first, and the others; and the language of mails. */
  async describe(visit: Visit): Promise<object> {
    const { gate } = this.#parts;
    const accountId = ownerOf(visit);
    const account = await gate.accounts.describeAccount(accountId);
    const others = await gate.addresses.of(accountId);
    return {
      first: account?.email ?? null,
      others: others.map(({ id, email, madeAt }) => ({ id, email, since: madeAt })),
      language: account?.language ?? null,
    };
  }

  /** Sends a link there. The answer is the same whoever's it is. Takes a touch. */
  async propose(visit: Visit, request: RoutedRequest, asked: Asked): Promise<void> {
    const { gate, limits, tickets, post, server, clock, publicUrl } = this.#parts;
    const accountId = ownerOf(visit);
    const email = normalEmail(textIn(asked, 'email', 254));
    if (!isEmail(email)) throw new PosternError('invalid', 'That is not an e-mail address.');
    await gate.assertFresh(visit);
    await limits.take([ofNetwork(request.address), { limit: 'address-mail', of: accountId }]);
    const ticket = await tickets.make('address', { account: accountId, email }, LINK_SECONDS);
    const until = new Date(clock.now().getTime() + LINK_SECONDS * 1000);
    const facts = { link: `${publicUrl}/account#address=${ticket}`, until };
    const { practiceId } = visit.scope;
    const about = { language: await this.#language(accountId), practiceId, until };
    await withoutSession(server, (tx) =>
      post.enqueue(tx as never, { kind: 'address-confirm', facts, to: { address: email }, ...about }),
    );
    await limits.give([ofNetwork(request.address)]);
  }

  /** Takes the link that came there, in a session of the account that asked. Throws `invalid`, `conflict`. */
  async confirm(visit: Visit, asked: Asked): Promise<void> {
    const { gate, tickets } = this.#parts;
    const accountId = ownerOf(visit);
    const text = textIn(asked, 'ticket', 2000);
    const ticket = await tickets.read('address', text);
    const email = String(ticket?.email ?? '');
    if (ticket === null || ticket.account !== accountId || !(await tickets.use(text, ticket))) {
      throw new PosternError(
        'invalid',
        'This link does not work: it may be over, used or of another account.',
      );
    }
    await gate.addresses.add(accountId, email, this.#tells(accountId, 'address-added', email));
    await this.#note(visit, 'address-add');
  }

  /** Takes a touch. Those that are left hear of it, and so does the one that went. */
  async remove(visit: Visit, id: string): Promise<void> {
    const { gate, post, clock } = this.#parts;
    const accountId = ownerOf(visit);
    const { email } = await this.#find(accountId, id);
    await gate.assertFresh(visit);
    const { practiceId } = visit.scope;
    const language = await this.#language(accountId);
    const removed = await gate.addresses.remove(accountId, id, async (tx) => {
      const facts = { address: email, at: clock.now() };
      const letter = { kind: 'address-removed', facts } as const;
      await post.enqueue(tx as never, { ...letter, to: { accountId } });
      await post.enqueue(tx as never, { ...letter, to: { address: email }, language, practiceId });
    });
    if (!removed) throw notFound();
    await this.#note(visit, 'address-remove');
  }

  /** Takes a touch. From then on one signs in with it, and mails go there first. */
  async makeFirst(visit: Visit, id: string): Promise<void> {
    const { gate } = this.#parts;
    const accountId = ownerOf(visit);
    const { email } = await this.#find(accountId, id);
    await gate.assertFresh(visit);
    const tell = this.#tells(accountId, 'address-primary', email);
    if (!(await gate.addresses.makeFirst(accountId, id, tell))) throw notFound();
    await this.#note(visit, 'address-change');
  }

  async setLanguage(visit: Visit, asked: Asked): Promise<void> {
    const { language } = asked;
    if (!isLanguage(language)) throw new PosternError('invalid', 'language is en, de or es.');
    await this.#parts.gate.addresses.setLanguage(ownerOf(visit), language);
  }

  async #find(accountId: AccountId, id: string) {
    const found = (await this.#parts.gate.addresses.of(accountId)).find((each) => each.id === id);
    if (found === undefined) throw notFound();
    return found;
  }

  #tells(accountId: AccountId, kind: 'address-added' | 'address-primary', address: string): TellAddresses {
    const { post, clock } = this.#parts;
    const mail: NewMail = { kind, facts: { address, at: clock.now() }, to: { accountId } };
    return (tx) => post.enqueue(tx as never, mail);
  }

  async #language(accountId: AccountId) {
    const account = await this.#parts.gate.accounts.describeAccount(accountId);
    return isLanguage(account?.language) ? account.language : null;
  }

  async #note(visit: Visit, action: DoorAction): Promise<void> {
    await this.#parts.lines.write(ownLine(visit, action, ['Account', visit.scope.accountId]));
  }
}
