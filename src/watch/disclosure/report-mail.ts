/**
 * Tells the operator by mail that reports have come: their receipts, and nothing of what stands in them.
 * Mails go to the `mailto:` addresses of `POSTERN_SECURITY_CONTACT`.
 */
import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { Configuration } from '../../base/configuration.ts';
import { PosternError } from '../../base/errors.ts';
import { newId } from '../../base/ids.ts';
import { type Mail, mailAddresses, messageIdAt, sendMail } from '../../post/index.ts';
import { makeMails, noteFailed, noteSent, type OutboxMail, takeMail } from './mail-outbox.ts';

export interface ReportMailParts {
  /** Connections of the owner: the server role can make no mail and no report unmade. */
  readonly owner: Pool;
  readonly configuration: Pick<Configuration, 'publicUrl' | 'securityContacts' | 'smtpUrl' | 'mailFrom'>;
  readonly clock: Clock;
  /** Told of what failed, without anybody's address in it. */
  readonly onError: (what: string, error: unknown) => void;
}

/** How often it looks for what is due, beside being told. */
const LOOK_MS = 30_000;
/** Mails are made at most so often, so that a flood of reports is no flood of mails. */
const GAP_MS = 300_000;

export class ReportMail {
  readonly #parts: ReportMailParts;
  readonly #to: readonly string[];
  #madeAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;
  #looking: NodeJS.Timeout | null = null;

  constructor(parts: ReportMailParts) {
    this.#parts = parts;
    this.#to = mailAddresses(parts.configuration.securityContacts);
  }

  /** Looks now and then, until it is stopped. Without a mail server or an address it does nothing. */
  start(): void {
    if (this.#parts.configuration.smtpUrl === null || this.#to.length === 0) return;
    this.#looking = setInterval(() => void this.round(), LOOK_MS);
    this.#looking.unref();
    void this.round();
  }

  /** A report has come. */
  poke(): void {
    if (this.#looking !== null) void this.round();
  }

  /** Ends once what is under way is over. */
  async stop(): Promise<void> {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    await this.#running;
  }

  /** Makes what is due and sends what may be tried; one round after the other. Throws nothing. */
  round(): Promise<void> {
    if (this.#waiting !== null) return this.#waiting;
    this.#waiting = this.#running.then(() => {
      this.#waiting = null;
      return this.#round();
    });
    this.#running = this.#waiting;
    return this.#running;
  }

  async #round(): Promise<void> {
    const { owner, clock, onError, configuration } = this.#parts;
    const { smtpUrl } = configuration;
    if (smtpUrl === null || this.#to.length === 0) return;
    try {
      const now = clock.now();
      if (now.getTime() - this.#madeAt >= GAP_MS && (await makeMails(owner, now))) {
        this.#madeAt = now.getTime();
      }
      for (;;) {
        const mail = await takeMail(owner, clock.now());
        if (mail === null) return;
        try {
          await sendMail(smtpUrl, this.#write(mail));
        } catch (error) {
          // Where one was not taken, the others will not be either.
          await noteFailed(owner, mail, clock.now());
          onError('A mail about reports was not sent; it will be tried again.', error);
          return;
        }
        await noteSent(owner, mail, clock.now());
      }
    } catch (error) {
      onError('Mails about reports could not be looked after; it will be tried again.', error);
    }
  }

  #write(mail: OutboxMail): Mail {
    const { configuration } = this.#parts;
    return addressed(configuration, mail.mailId, wordsOf(mail, configuration.publicUrl));
  }
}

type Settings = ReportMailParts['configuration'];

function addressed(
  { publicUrl, mailFrom, securityContacts }: Settings,
  id: string,
  words: { readonly subject: string; readonly text: string },
): Mail {
  const to = mailAddresses(securityContacts);
  return { from: mailFrom ?? to[0]!, to, messageId: messageIdAt(publicUrl, id), ...words };
}

/**
 * Sends a mail that only tries the way; answers to whom. Throws `not-configured` where there is no mail
 * server or address, and `unavailable` where it was not taken.
 */
export async function sendTestMail(settings: Settings): Promise<readonly string[]> {
  const { smtpUrl, publicUrl, securityContacts } = settings;
  if (smtpUrl === null) throw new PosternError('not-configured', 'POSTERN_SMTP_URL names no mail server.');
  if (mailAddresses(securityContacts).length === 0) {
    throw new PosternError('not-configured', 'POSTERN_SECURITY_CONTACT names no mail address.');
  }
  const subject = `A trial of the mails about reports at ${new URL(publicUrl).host}`;
  const text = `Mails about reports of weaknesses at ${publicUrl} reach this address.\n`;
  const mail = addressed(settings, newId(), { subject, text });
  await sendMail(smtpUrl, mail);
  return mail.to;
}

const NAMED = 50;

function wordsOf({ receipts, reminds }: OutboxMail, publicUrl: string): { subject: string; text: string } {
  const one = receipts.length === 1;
  const reports = one ? 'report of a weakness' : 'reports of weaknesses';
  const many = one ? 'One' : String(receipts.length);
  const named = receipts.slice(0, NAMED).map((receipt) => `  ${receipt}`);
  const more = receipts.length > NAMED ? [`  and ${receipts.length - NAMED} more`] : [];
  const state = reminds
    ? `still ${one ? 'waits' : 'wait'} to be acknowledged`
    : `${one ? 'has' : 'have'} come`;
  return {
    subject: `${reminds ? 'Reminder: ' : ''}${many} ${reports} at ${new URL(publicUrl).host}`,
    text: [
      `${many} ${reports} at ${publicUrl} ${state}:`,
      '',
      ...named,
      ...more,
      '',
      'On the server, as its operator:',
      '',
      `  postern reports show ${receipts[0]}`,
      `  postern reports acknowledge ${receipts[0]}`,
      '',
      'The policy promises an answer within three working days.',
      '',
    ].join('\n'),
  };
}
