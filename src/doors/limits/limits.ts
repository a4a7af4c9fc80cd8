/**
 * How often one may try: by account, by network and by practice, counted in the database, so that all
 * processes count together. A try that succeeds is taken back, so an office behind one address is not held up
 * by its own people. A device that the account has signed in with before is counted by itself: whoever tries
 * from elsewhere, or from the same office, does not keep the owner out.
 */
import { networkOf } from '../../base/network.ts';
import { Refusal } from '../../base/refusal.ts';
import { mac } from '../../seal/index.ts';
import type { DoorParts } from '../parts.ts';

export interface Limit {
  /** Tries at once. */
  readonly most: number;
  /** Seconds until one of them is forgotten. */
  readonly seconds: number;
}

export interface Subject {
  readonly limit: LimitName;
  /** What is counted: an account's id, an address typed, a network. */
  readonly of: string;
}

/**
 * NIST SP 800-63B-4 section 3.2.2 allows a hundred failures in a row before an account is closed; nobody is
 * closed here, but from the eleventh on it takes the time that stands here.
 */
export const LIMITS = {
  /** Passphrases for one address, from devices that are not known. */
  passphrase: { most: 10, seconds: 300 },
  /** The same from one known device. */
  'passphrase-device': { most: 10, seconds: 300 },
  /** Codes for one account, whatever the device. */
  code: { most: 10, seconds: 900 },
  'code-device': { most: 10, seconds: 900 },
  /** Codes for one ticket: a person who mistypes five times starts again. */
  ticket: { most: 5, seconds: 3600 },
  /**
   * Codes of a recovery for one address typed, known or not. The code has sixty bits; this is held against
   * strangers, who must use up neither the tries of another door nor, soon, those of this one.
   */
  'recovery-code': { most: 40, seconds: 60 },
  /** Dates of birth for one link of an offer, which works for three days. */
  'offer-proof': { most: 5, seconds: 3 * 86_400 },
  /** Mails to addresses that somebody names who holds a letter. */
  'invitation-mail': { most: 5, seconds: 3600 },
  /** Mails for one address that says that it cannot sign in any more. */
  'recovery-mail': { most: 3, seconds: 3600 },
  /** Mails to addresses that one account says are its own. */
  'address-mail': { most: 5, seconds: 3600 },
  /** Whatever one network tries in vain. */
  network: { most: 60, seconds: 10 },
  /** What fails of one client from one network: secrets, assertions, codes and tokens that do not fit. */
  'token-client': { most: 20, seconds: 30 },
  /** Tokens that one client is given for one account. */
  'token-account': { most: 60, seconds: 20 },
  /** Apps that one network asks a practice to register. */
  'app-request': { most: 5, seconds: 720 },
  /** Ways to identity providers that one network begins. */
  'single-sign-on': { most: 60, seconds: 5 },
  /** Links to records that one network tries in vain; their addresses cannot be guessed. */
  link: { most: 60, seconds: 10 },
  /** Openings of one link by whoever has it: each is a session, and lines that stay. */
  'link-opening': { most: 60, seconds: 60 },
  /** Whatever is tried in vain for accounts of one practice, whose right passphrase was given. */
  practice: { most: 100, seconds: 20 },
  /** Sign-ins that failed before officers are told: of one account, whatever was tried, and of all. */
  'account-burst': { most: 9, seconds: 900 },
  burst: { most: 100, seconds: 10 },
  /** Passphrases for all addresses together, from devices that are not known. */
  installation: { most: 600, seconds: 2 },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMITS;

export class Limits {
  readonly #parts: Pick<DoorParts, 'server' | 'keychain' | 'clock'>;

  constructor(parts: Pick<DoorParts, 'server' | 'keychain' | 'clock'>) {
    this.#parts = parts;
  }

  /**
   * Counts a try for each. Throws `throttled` with `Retry-After`, and counts none, where one has had enough.
   */
  async take(subjects: readonly Subject[]): Promise<void> {
    const limits = subjects.map(({ limit }): Limit => LIMITS[limit]);
    const { rows } = await this.#parts.server.query<{ wait: number }>(
      'select postern.rate_take($1, $2, $3, $4) as wait',
      [
        await this.#digests(subjects),
        limits.map(({ seconds }) => seconds),
        limits.map(({ most }) => most),
        this.#parts.clock.now(),
      ],
    );
    const wait = Math.ceil(rows[0]!.wait);
    if (wait > 0) {
      const text = 'Too many tries that failed. Wait as long as Retry-After says.';
      throw new Refusal('throttled', text, { 'retry-after': String(wait) });
    }
  }

  /** Takes back a try that succeeded. */
  async give(subjects: readonly Subject[]): Promise<void> {
    await this.#parts.server.query('select postern.rate_give($1, $2)', [
      await this.#digests(subjects),
      subjects.map(({ limit }) => LIMITS[limit].seconds),
    ]);
  }

  /** What is counted is nobody's to read: addresses and networks are digested. */
  async #digests(subjects: readonly Subject[]): Promise<Buffer[]> {
    const keys = await this.#parts.keychain.installation();
    return subjects.map(({ limit, of }) => mac(keys.indexKey(1), 'postern/rate/v1', limit, of));
  }
}

/** An address as the gate looks it up, so that another spelling is no other count. */
export function addressForm(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

export function ofNetwork(address: string): Subject {
  return { limit: 'network', of: networkOf(address) };
}
