/**
 * Challenges and tickets: single-use, short-lived, bound to what they are for. Nothing is remembered of one
 * before it is used, so that asking for them fills nothing.
 */
import { newSecretToken, openTicket, sealTicket, secretTokenHash } from '../../seal/index.ts';
import { type DoorParts, secondsOf } from '../parts.ts';

export type TicketPurpose =
  /** Challenges of passkeys. */
  | 'passkey-sign-in'
  | 'passkey-make'
  | 'passkey-touch'
  /** A passphrase was right; the second factor is due. */
  | 'second'
  /** An invitation that was proved, on its way to an address that somebody named. */
  | 'invited'
  /** Access that somebody offers, to whoever has no account yet. */
  | 'offered'
  /** Links of a recovery: the mailbox is theirs; it was not them. */
  | 'recovery-begin'
  | 'recovery-stop'
  /** An address that somebody says is theirs. */
  | 'address'
  /** Signed in; the practice is to be chosen. */
  | 'practice'
  /** The secret of an authenticator app that has not shown a code yet. */
  | 'totp'
  /** A browser is at the practice's identity provider. */
  | 'single-sign-on';

export type Claims = Readonly<Record<string, unknown>>;

interface Content extends Claims {
  /** Whole seconds since 1970. */
  readonly expires: number;
  readonly nonce: string;
}

export class Tickets {
  readonly #parts: Pick<DoorParts, 'server' | 'keychain' | 'clock'>;

  constructor(parts: Pick<DoorParts, 'server' | 'keychain' | 'clock'>) {
    this.#parts = parts;
  }

  async make(purpose: TicketPurpose, claims: Claims, ttlSeconds: number): Promise<string> {
    const keys = await this.#parts.keychain.installation();
    const expires = secondsOf(this.#parts.clock) + ttlSeconds;
    return sealTicket(keys.logSealingKey(1), purpose, { ...claims, expires, nonce: newSecretToken(16) });
  }

  /** What a live ticket for that purpose says, used or not; null for any other text. */
  async read(
    purpose: TicketPurpose,
    ticket: string,
  ): Promise<(Claims & { readonly expires: number }) | null> {
    const keys = await this.#parts.keychain.installation();
    const content = openTicket(keys.logSealingKey(1), purpose, ticket) as Content | null;
    return content === null || content.expires <= secondsOf(this.#parts.clock) ? null : content;
  }

  /** Uses a ticket up, in every process: true the first time. */
  async use(ticket: string, { expires }: { readonly expires: number }): Promise<boolean> {
    const { rows } = await this.#parts.server.query<{ first: boolean }>(
      'select postern.ticket_use($1, $2, $3) as first',
      [Buffer.from(secretTokenHash(ticket), 'hex'), new Date(expires * 1000), this.#parts.clock.now()],
    );
    return rows[0]?.first === true;
  }
}
