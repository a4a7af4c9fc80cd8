/**
 * The post as rooms use it: a mail is put in within the transaction of what it tells of. So none goes out
 * about what did not happen, and none is lost because the mail server is down or the process ends.
 */
import type { Clock } from '../base/clock.ts';
import { newId, type PracticeId } from '../base/ids.ts';
import type { PracticeKeys } from '../seal/index.ts';
import type { Language } from './letter.ts';
import type { Letter, Recipient } from './letter-kinds.ts';
import { sealMail } from './sealed-mail.ts';

export type NewMail = Letter & {
  readonly to: Recipient;
  /** Of the person, where it is known. */
  readonly language?: Language | null;
  /** The practice that it tells of: its times are told by that one's clock. */
  readonly practiceId?: PracticeId;
  /** After this it is not sent any more; three days where nothing is said. */
  readonly until?: Date;
};

/** What runs SQL within the transaction: of the server role, or of the owner. */
export interface MailTransaction {
  query(text: string, values: unknown[]): Promise<unknown>;
}

export interface PostParts {
  /** The installation's keys. */
  readonly keys: () => Promise<PracticeKeys>;
  readonly clock: Clock;
  /** Whether a mail server is set; without, mails wait. */
  readonly sends: boolean;
}

const KEPT_MS = 3 * 86_400_000;

export class Post {
  readonly #parts: PostParts;

  constructor(parts: PostParts) {
    this.#parts = parts;
  }

  /** Whether mails go out; if not they wait, which whoever writes one should be told. */
  get sends(): boolean {
    return this.#parts.sends;
  }

  /** Puts a mail in; it goes out, once, soon after the transaction has committed. Answers its id. */
  async enqueue(tx: MailTransaction, mail: NewMail): Promise<string> {
    const now = this.#parts.clock.now();
    const {
      kind,
      facts,
      to,
      language = null,
      practiceId = null,
      until = new Date(now.getTime() + KEPT_MS),
    } = mail;
    const mailId = newId();
    const letter = { kind, facts } as Letter;
    const sealed = sealMail(await this.#parts.keys(), { mailId, kind }, { to, language, practiceId, letter });
    await tx.query('select postern.mail_put($1, $2, $3, $4, $5)', [mailId, kind, sealed, now, until]);
    return mailId;
  }
}
