/**
 * Signing in with a passphrase and a code. What is answered, and what it costs, is the same whether there is
 * such an account or not, and whatever of it was wrong.
 */
import { PosternError } from '../../base/errors.ts';
import { type AccountId, newId } from '../../base/ids.ts';
import type { Method } from '../../gate/index.ts';
import { matchesPassphrase, secretTokenHash } from '../../seal/index.ts';
import type { Codes } from '../factors/codes.ts';
import { bare, type FactorStore, type Kept, type Passphrase, single } from '../factors/factor-store.ts';
import { LONGEST, normalPassphrase } from '../factors/passphrase-rules.ts';
import type { Failures } from '../limits/failures.ts';
import { addressForm, type Limits, ofNetwork, type Subject } from '../limits/limits.ts';
import { type DoorParts, secondsOf } from '../parts.ts';
import type { Devices } from '../sessions/devices.ts';
import type { Arrivals } from './arrivals.ts';
import type { Tickets } from './tickets.ts';

const TICKET_SECONDS = 300;

export interface PassphraseDoorParts extends DoorParts {
  readonly store: FactorStore;
  readonly codes: Codes;
  readonly tickets: Tickets;
  readonly limits: Limits;
  readonly devices: Devices;
  readonly arrivals: Arrivals;
  readonly failures: Failures;
}

/** Where a try comes from. */
export interface Origin {
  readonly address: string;
  /** The secret of the device's cookie. */
  readonly device: string | null;
}

export class PassphraseDoor {
  readonly #parts: PassphraseDoorParts;

  constructor(parts: PassphraseDoorParts) {
    this.#parts = parts;
  }

  /**
   * A ticket for the second step. Throws `invalid` for every reason there is, `throttled` after too many
   * tries.
   */
  async first(email: string, passphrase: string, { address, device }: Origin) {
    const { gate, store, limits, devices, arrivals, tickets, failures } = this.#parts;
    const found = await gate.accounts.findAccount(email);
    // For an address without an account, everything below is done with an id that nobody has.
    const accountId = found ?? newId<AccountId>();
    const known = await devices.known(accountId, device);
    const subjects: readonly Subject[] =
      known === null
        ? [{ limit: 'passphrase', of: addressForm(email) }, ofNetwork(address), EVERYBODY]
        : [{ limit: 'passphrase-device', of: `${accountId} ${known}` }];
    await limits.take(subjects);
    const factors = await store.of(accountId);
    const kept = single(factors, 'passphrase');
    const right = await this.matches(passphrase, kept);
    const welcome = await arrivals.isWelcome(accountId);
    if (!right || kept === null || single(factors, 'totp') === null || !welcome) {
      await failures.note(found, 'passphrase', address);
      throw wrong();
    }
    await limits.give(subjects);
    const claims = { account: accountId, passphrase: kept.id };
    return { ticket: await tickets.make('second', claims, TICKET_SECONDS), expiresIn: TICKET_SECONDS };
  }

  /** The account that a ticket and a code sign in, and how. Throws as `first`. */
  async second(ticket: string, code: string, { address, device }: Origin) {
    const { gate, store, limits, devices, arrivals, tickets, codes, failures } = this.#parts;
    const claims = await tickets.read('second', ticket);
    if (claims === null) throw wrong();
    const accountId = claims.account as AccountId;
    const known = await devices.known(accountId, device);
    const practices = await gate.accounts.practicesOf(accountId);
    const subjects: readonly Subject[] = [
      { limit: 'ticket', of: secretTokenHash(ticket) },
      ...(known === null
        ? [
            { limit: 'code', of: accountId } as const,
            ofNetwork(address),
            ...practices.map(({ practiceId }): Subject => ({ limit: 'practice', of: practiceId })),
          ]
        : [{ limit: 'code-device', of: `${accountId} ${known}` } as const]),
    ];
    await limits.take(subjects);
    const factors = await store.of(accountId);
    const kept = single(factors, 'passphrase');
    // A passphrase that was changed meanwhile takes its tickets with it.
    const stands = kept !== null && kept.id === claims.passphrase && (await arrivals.isWelcome(accountId));
    const how = stands ? await codes.take(factors, code) : null;
    if (kept === null || how === null || !(await tickets.use(ticket, claims))) {
      await failures.note(accountId, 'code', address);
      throw wrong();
    }
    await limits.give(subjects);
    await store.change(kept, { ...bare(kept), usedAt: secondsOf(this.#parts.clock) });
    const methods: readonly Method[] = ['passphrase', how];
    return { accountId, methods };
  }

  /** Whether it is the passphrase that is kept; where none is, it is not, after the same work. */
  async matches(passphrase: string, kept: Kept<Passphrase> | null): Promise<boolean> {
    const typed = normalPassphrase(passphrase.slice(0, 4 * LONGEST));
    return matchesPassphrase(typed, kept?.hash ?? null);
  }
}

const EVERYBODY: Subject = { limit: 'installation', of: '' };

/** One sentence for every reason. */
export function wrong(): PosternError {
  return new PosternError('invalid', 'That did not sign in. Check what you typed and try again.');
}
