/** Sends what waits in the outbox, each mail once, and tries again what was not taken. */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import { type AccountId, newId, type PracticeId } from '../base/ids.ts';
import type { PracticeKeys } from '../seal/index.ts';
import { type Language, write } from './letter.ts';
import { isNotice } from './letter-kinds.ts';
import { mailAddresses, messageIdAt } from './mail-address.ts';
import { type Mail, sendMail } from './mail-server.ts';
import { forgetMails, noteFailed, noteGivenUp, noteSent, takeMail, type WaitingMail } from './outbox.ts';
import { type MailContent, openMail, sealMail } from './sealed-mail.ts';

type PostSettings = Pick<Configuration, 'publicUrl' | 'securityContacts' | 'smtpUrl' | 'mailFrom'>;

export interface AccountMail {
  readonly address: string;
  readonly language: Language | null;
  /** Further ones, where notices go as well. */
  readonly others?: readonly string[];
}

export interface PostmanParts {
  /** Connections of the owner: the server role reads no mail. */
  readonly owner: Pool;
  /** The installation's keys. */
  readonly keys: () => Promise<PracticeKeys>;
  readonly configuration: PostSettings;
  readonly clock: Clock;
  /** The addresses of an account, and its language; null where there is none, or it is disabled. */
  readonly addressOf: (accountId: AccountId) => Promise<AccountMail | null>;
  /** The zone (IANA) of a practice, or of those that an account is in; null where that is no one zone. */
  readonly timeZoneOf: (
    whose: { readonly practiceId: PracticeId } | { readonly accountId: AccountId },
  ) => Promise<string | null>;
  /** Told of what failed, without anybody's address in it. */
  readonly onError: (what: string, error: unknown) => void;
}

/** How often it looks, beside being told: what people wait for before a screen comes soon. */
const LOOK_MS = 5000;
/** After so many failures in a row it is the mail server's, and the others will not be taken either. */
const FAILURES = 3;
const USUAL: Language = 'en';

export class Postman {
  readonly #parts: PostmanParts;
  #running: Promise<number> = Promise.resolve(0);
  #waiting: Promise<number> | null = null;
  #looking: NodeJS.Timeout | null = null;

  constructor(parts: PostmanParts) {
    this.#parts = parts;
  }

  /** Looks now and then, until it is stopped. Without a mail server or a sender it does nothing. */
  start(): void {
    if (senderOf(this.#parts.configuration) === null) return;
    this.#looking = setInterval(() => void this.round(), LOOK_MS);
    this.#looking.unref();
    void this.round();
  }

  /** Ends once what is under way is over. */
  async stop(): Promise<void> {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    await this.#running;
  }

  /** Sends what may be tried, one round after the other, and says how many went out. Throws nothing. */
  round(): Promise<number> {
    if (this.#waiting !== null) return this.#waiting;
    this.#waiting = this.#running.then(() => {
      this.#waiting = null;
      return this.#round();
    });
    this.#running = this.#waiting;
    return this.#running;
  }

  async #round(): Promise<number> {
    const { owner, clock, onError, configuration } = this.#parts;
    const from = senderOf(configuration);
    let sent = 0;
    if (from === null) return sent;
    try {
      await forgetMails(owner, clock.now());
      for (let failures = 0; failures < FAILURES; ) {
        const mail = await takeMail(owner, clock.now());
        if (mail === null) break;
        const outcome = await this.#try(mail, from);
        if (outcome === 'sent') sent += 1;
        failures = outcome === 'failed' ? failures + 1 : 0;
      }
    } catch (error) {
      onError('The post could not be looked after; it will be tried again.', error);
    }
    return sent;
  }

  async #try(mail: WaitingMail, from: string): Promise<'sent' | 'failed' | 'given up' | 'split'> {
    const { owner, clock, onError, configuration } = this.#parts;
    const written = mail.until <= clock.now() ? null : await this.#write(mail, from);
    if (written === 'split') return 'split';
    if (written === null) {
      await noteGivenUp(owner, mail, clock.now());
      return 'given up';
    }
    try {
      await sendMail(configuration.smtpUrl!, written);
    } catch (error) {
      await noteFailed(owner, mail, clock.now());
      onError(`A mail (${mail.kind}) was not sent; it will be tried again.`, error);
      return 'failed';
    }
    await noteSent(owner, mail, clock.now());
    return 'sent';
  }

  /** One for each address, so that none is told the others, and one that is dead keeps none waiting. */
  async #split(mail: WaitingMail, content: MailContent, accountId: AccountId, all: readonly string[]) {
    const { owner, keys, clock } = this.#parts;
    const { kind, until } = mail;
    const client = await owner.connect();
    try {
      await client.query('begin');
      for (const at of all) {
        const mailId = newId();
        const sealed = sealMail(await keys(), { mailId, kind }, { ...content, to: { accountId, at } });
        const values = [mailId, kind, sealed, clock.now(), until];
        await client.query('select postern.mail_put($1, $2, $3, $4, $5)', values);
      }
      await client.query('delete from postern.mail m where m.mail_id = $1', [mail.mailId]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** Null where it goes to nobody, or nobody of us put it in. */
  async #write(mail: WaitingMail, from: string): Promise<Mail | 'split' | null> {
    const { keys, configuration, addressOf, onError } = this.#parts;
    try {
      const content = openMail(await keys(), mail, mail.sealed);
      const { to, language, letter } = content;
      const account: AccountMail | null =
        'address' in to ? { address: to.address, language } : await addressOf(to.accountId);
      if (account === null) return null;
      const all = [account.address, ...(account.others ?? [])];
      if ('accountId' in to && to.at === undefined && all.length > 1 && isNotice(letter.kind)) {
        await this.#split(mail, content, to.accountId, all);
        return 'split';
      }
      const at = 'accountId' in to ? to.at : undefined;
      const address = at === undefined ? account.address : all.find((each) => each === formOf(at));
      if (address === undefined || isNowhere(address)) return null;
      const found = { address, language: account.language };
      const { publicUrl } = configuration;
      const zone = await this.#zoneOf(content);
      const words = write(letter, language ?? found.language ?? USUAL, publicUrl, zone);
      return { from, to: [found.address], messageId: messageIdAt(publicUrl, mail.mailId), ...words };
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
      onError(`A mail (${mail.kind}) that nobody of us made was removed from the post.`, error);
      return null;
    }
  }

  async #zoneOf({ to, practiceId = null }: MailContent): Promise<string | null> {
    const { timeZoneOf } = this.#parts;
    if (practiceId !== null) return timeZoneOf({ practiceId });
    return 'accountId' in to ? timeZoneOf({ accountId: to.accountId }) : null;
  }
}

/** As the gate keeps addresses. */
function formOf(address: string): string {
  return address.trim().normalize('NFC').toLowerCase();
}

/** Where accounts of checks live: nothing that ends so has a mailbox (RFC 2606 section 2). */
function isNowhere(address: string): boolean {
  return address.endsWith('.invalid');
}

/** Who mails come from; null where none can be sent. */
export function senderOf({ smtpUrl, mailFrom, securityContacts }: PostSettings): string | null {
  if (smtpUrl === null) return null;
  return mailFrom ?? mailAddresses(securityContacts)[0] ?? null;
}
